#pragma once

#include "detectors/drift/bins.h"
#include "detectors/drift/divergences.h"
#include "detectors/drift/psi.h"

// What the dialects say of their bins. Categories that are together in a rest (Bins::has_rest) hide
// some of what moved: merging never makes such a statistic larger, and the error bound is what
// telling them apart could add at most.
namespace leeway::drift {

/// kInsufficientData where there is a rest: nothing bounds the logarithm of a share of 0.
Result<Measured> psi_of(const Bins& bins, const Zeros& zeros);
Result<Measured> kl_of(const Bins& bins, const Zeros& zeros);  ///< KL(reference || current), nats

/// A rest adds at most what it would with no category on both sides.
Result<Measured> jensen_shannon_of(const Bins& bins, LogBase base);
Result<Measured> hellinger_of(const Bins& bins);
Result<Measured> total_variation_of(const Bins& bins);
/// A category of the rest may have moved as far as all of it.
Result<Measured> l_infinity_of(const Bins& bins);

enum class CountTest {
  kPearson,
  kYates,  ///< with two categories; else as kPearson
  kG,
};

/// Homogeneity. One category on both sides: 0, p = 1. New categories together give the same
/// Pearson statistic as apart, with more degrees of freedom: p lies in between. kInsufficientData
/// where the rest holds categories of the reference, or for kG.
Result<Measured> contingency_of(const Bins& bins, CountTest test);

/// The reference is known: kInsufficientData for one category, infinite for a new one.
Result<Measured> goodness_of_fit_of(const Bins& bins);

}  // namespace leeway::drift
