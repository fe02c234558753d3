#!/usr/bin/env python3
"""Compares what `leeway compare` says of real data with what was computed elsewhere.

    check_expected.py LEEWAY CASE.json [CASE.json...]

LEEWAY is the binary. CASE.json names a CSV file, its reference rows and its later slices; beside it
lies NAME.expected.json with statistics per slice. The dialect scorecard-1 has their definitions:
reference deciles or all categories, a share of 0 becomes 1e-4, missing values left out. Every
feature of every slice is compared; differences are listed. Exit status 1 if there are any. No
dependencies.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

RELATIVE, ABSOLUTE, OF_P_VALUES, TINY = 1e-8, 1e-10, 1e-6, 1e-280

# Output of the expected file -> measure of `compare`, and whether its value or its p-value.
NUMERIC = {
    "psi": ("psi", "value"),
    "jensen_shannon_distance_base2": ("jensen_shannon", "value"),
    "hellinger": ("hellinger", "value"),
    "total_variation": ("total_variation", "value"),
    "ks.statistic": ("ks", "value"),
    "ks.p_asymptotic": ("ks", "p_value"),
    "wasserstein_1": ("wasserstein_plain", "value"),
    "wasserstein_1_over_reference_std": ("wasserstein", "value"),
    "welch_p": ("welch", "p_value"),
    "mann_whitney_p": ("mann_whitney", "p_value"),
}
CATEGORICAL = {
    "psi": ("psi", "value"),
    "chi2": ("chi_squared", "value"),
    "p_value": ("chi_squared", "p_value"),
    "g": ("g", "value"),
    "cramers_v": ("cramers_v", "value"),
    "jensen_shannon_distance_base2": ("jensen_shannon", "value"),
    "hellinger": ("hellinger", "value"),
    "total_variation": ("total_variation", "value"),
    "l_infinity": ("l_infinity", "value"),
}
DESCRIBE = {
    "count": "count",
    "missing": "missing",
    "missing_fraction": "missing_share",
    "distinct": "distinct",
    "min": "min",
    "max": "max",
    "mean": "mean",
    "std_sample": "std",
}


def names(table):
    return ",".join(dict.fromkeys(measure for measure, _ in table.values()))


def equal(got, want, relative):
    if want is None or got is None:
        return got is want
    return abs(got - want) <= max(ABSOLUTE, relative * abs(want))


def equal_p(got, want):
    if got is None or want is None:
        return got is want
    return (got < TINY and want < TINY) or abs(got - want) <= OF_P_VALUES * abs(want)


class Checker:
    def __init__(self):
        self.checked = 0
        self.differences = []

    def check(self, where, got, want, p_value=False):
        self.checked += 1
        same = equal_p(got, want) if p_value else equal(got, want, RELATIVE)
        if not same:
            self.differences.append(f"{where}: expected {want!r}, got {got!r}")

    def describe(self, where, got, want):
        for name, ours in DESCRIBE.items():
            if name in want:
                self.check(f"{where} {name}", got[ours], want[name])
        for q, value in want.get("quantiles", {}).items():
            self.check(f"{where} quantile {q}", got["quantiles"][q], value)

    def measures(self, where, column, want, table):
        found = {measure["measure"]: measure for measure in column["measures"]}
        for output, (measure, member) in table.items():
            value = want
            for part in output.split("."):
                value = value.get(part) if value is not None else None
            if value is None:
                continue
            got = found[measure][member] if measure in found else None
            self.check(f"{where} {output}", got, value, member == "p_value")

    def categories(self, where, column, want):
        got = column["categories"]
        self.check(f"{where} unseen", got["unseen"], want["unseen"])
        self.check(f"{where} vanished", got["vanished"], want["vanished"])
        self.check(f"{where} missing", column["describe"]["current"]["missing"], want["missing"])
        self.check(f"{where} categories", column["describe"]["current"]["distinct"],
                   want["categories"])
        if got.get("unseen_first") != want["unseen_first"]:
            self.differences.append(f"{where} unseen names: {got.get('unseen_first')}")


def read_rows(path, columns):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        head = next(reader)
        keep = [head.index(name) for name in columns]
        return [[row[i] for i in keep] for row in reader]


def write_rows(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns] + rows)


def compare(leeway, reference, current, case, dialect, numeric, categorical):
    types = ",".join(f"{name}={spec['type']}" for name, spec in case["columns"].items())
    command = [leeway, "compare", reference, current, "--format", "json", "--dialect", dialect,
               "--numeric", numeric, "--categorical", categorical, "--types", types]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return {column["column"]: column for column in json.loads(done.stdout)["columns"]}


def check_case(checker, leeway, path, folder):
    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    with open(path.replace(".case.json", ".expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    columns = list(case["columns"])  # without a timestamp: what is judged depends on no calendar
    rows = read_rows(os.path.join(os.path.dirname(path), case["file"]), columns)
    first, last = case["reference"]["rows"]
    reference = os.path.join(folder, "reference.csv")
    write_rows(reference, columns, rows[first:last])
    for slice_, want in zip(case["slices"], expected["slices"]):
        first, last = slice_["rows"]
        current = os.path.join(folder, "current.csv")
        write_rows(current, columns, rows[first:last])
        found = compare(leeway, reference, current, case, "scorecard-1", names(NUMERIC),
                        names(CATEGORICAL))
        plain = compare(leeway, reference, current, case, "scipy", "energy", "chi_squared")
        for name, feature in want["features"].items():
            where = f"{case['name']} {slice_['name']} {name}"
            column = found[name]
            if case["columns"][name]["type"] == "numeric":
                checker.measures(where, column, feature, NUMERIC)
                checker.measures(where, plain[name], feature,
                                 {"energy_distance": ("energy", "value")})
                checker.describe(where, column["describe"]["current"], feature["describe"])
                checker.describe(f"{where} (reference)", column["describe"]["reference"],
                                 expected["reference"]["describe"][name])
            else:
                checker.measures(where, column, feature, CATEGORICAL)
                checker.categories(where, column, feature)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    checker = Checker()
    for path in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            check_case(checker, sys.argv[1], path, folder)
    for difference in checker.differences:
        print(difference)
    print(f"{checker.checked} values compared, {len(checker.differences)} differences")
    sys.exit(1 if checker.differences else 0)


if __name__ == "__main__":
    main()
