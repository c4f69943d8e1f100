// The gamma function and its incomplete ratio, by which the normal and the χ² distribution are told.

// Lanczos' approximation with g = 7 and 9 terms (P. Godfrey's coefficients): relative error below 1e-14 for positive arguments.
const g = 7;
const coefficients = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6,
  1.5056327351493116e-7,
];

/** ln Γ(x), for x > 0. */
export const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const series = coefficients.reduce((sum, coefficient, index) => sum + coefficient / (x + index), 0.9999999999998099);
  const t = x + g - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
};

const enough = 1e-16;
const mostSteps = 1_000;

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the upper incomplete gamma ratio, for a > 0 and x ≥ 0: a series below a + 1, Legendre's continued fraction
 * above (DLMF 8.7.1 and 8.9.2). Relative error about 1e-13 for a ≤ 100.
 */
export const upperGamma = (a: number, x: number): number => {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
};

const lowerSeries = (a: number, x: number): number => {
  let [term, sum] = [1 / a, 1 / a];
  for (let n = 1; n < mostSteps && term > sum * enough; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
};

/** From behind, by the modified Lentz method. */
const upperFraction = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < mostSteps; n++) {
    const an = n * (a - n);
    b += 2;
    d = 1 / (b + an * d);
    c = b + an / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < enough) break;
  }
  return fraction;
};
