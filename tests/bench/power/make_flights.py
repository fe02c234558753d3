#!/usr/bin/env python3
"""Makes flights.csv: how many flights of each day of January to June 2001 fell into each cell.

    make_flights.py .cache/data/flights-3m.parquet >tests/bench/power/flights.csv

The data are the on-time performance data of the US Bureau of Transportation Statistics (14 CFR Part
234), a work of the federal government and in the public domain, as the npm package vega-datasets
ships them. Needs the Python package duckdb.
"""
import sys

import duckdb

DELAYS = [-60, -15, -12, -10, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25,
          30, 40, 50, 60, 80, 100, 150, 200]
DISTANCES = 32
AIRPORTS = 24


def cells_of(values, starts):
    """SQL for the last of the cells that start at or below the value, the first for those below."""
    return " + ".join(f"({values} >= {start})::INT" for start in starts[1:])


def print_counts(table, name, labels, cell):
    print(f"cells,{name}," + ",".join(str(label) for label in labels))
    counts = {}
    query = f"SELECT date::DATE, {cell} AS cell, count(*) FROM {table} GROUP BY ALL"
    for day, at, count in duckdb.sql(query).fetchall():
        counts.setdefault(day, [0] * len(labels))[at] += count
    for day in sorted(counts):
        print(f"{day},{name}," + ",".join(str(count) for count in counts[day]))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    table = f"(FROM '{sys.argv[1]}' WHERE date < '2001-07-01')"
    print_counts(table, "delay", DELAYS, cells_of("delay", DELAYS))
    steps = [i / DISTANCES for i in range(DISTANCES)]
    starts = duckdb.sql(f"SELECT quantile_disc(distance, {steps}) FROM {table}").fetchall()[0][0]
    starts = sorted(set(starts))
    print_counts(table, "distance", starts, cells_of("distance", starts))
    print_counts(table, "hour", list(range(24)), "hour(date)")
    for column in ("origin", "destination"):
        query = f"SELECT {column} FROM {table} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {AIRPORTS}"
        names = sorted(row[0] for row in duckdb.sql(query).fetchall())
        place = f"list_position({names}, {column}) - 1"
        print_counts(table, column, names + ["rest"], f"coalesce({place}, {len(names)})")


if __name__ == "__main__":
    main()
