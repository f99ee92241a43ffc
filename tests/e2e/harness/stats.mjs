/** Welch's t of two samples: how many standard errors their means are apart. */
export function welch(a, b) {
  const [x, y] = [describe(a), describe(b)];
  return (x.mean - y.mean) / Math.sqrt(x.variance / a.length + y.variance / b.length);
}

export function describe(sample) {
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1);
  return { mean, variance };
}

/** Without the share of largest values in both, by one common threshold: pauses of the machine, which say nothing about the code. */
export function trimmed(a, b, share = 0.1) {
  const all = [...a, ...b].sort((x, y) => x - y);
  const threshold = all[Math.floor(all.length * (1 - share)) - 1];
  return [a.filter((value) => value <= threshold), b.filter((value) => value <= threshold)];
}
