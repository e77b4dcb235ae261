// The versions that set-up installs, and the oldest ones it works with.

/** The Pulumi CLI that is installed where none is found; the Go sources in `go/` are of the same version. */
export const PULUMI_VERSION = "3.259.0";

/** The oldest Pulumi CLI that is taken from PATH: that of the oldest @pulumi/pulumi in the provider's peer range. */
export const OLDEST_PULUMI_VERSION = "3.142.0";

/** The random provider: the version of the npm package @pulumi/random in package.json. */
export const RANDOM_PROVIDER_VERSION = "4.21.2";

/** The oldest Node that can `require` an ES module, which node-fetch is; see `engines` in package.json. */
export const OLDEST_NODE_VERSIONS = ["20.19.0", "22.12.0"];

/**
 * Checks that a version is at least another version; only the three numbers count.
 * @param {string} version
 * @param {string} oldest
 * @returns {boolean}
 */
export function isAtLeast(version, oldest) {
  const have = numbersOf(version);
  const want = numbersOf(oldest);
  for (const [index, wanted] of want.entries()) {
    const had = have[index] ?? 0;
    if (had !== wanted) {
      return had > wanted;
    }
  }
  return true;
}

/**
 * @param {string} version
 * @returns {number[]}
 */
function numbersOf(version) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? [0, 0, 0] : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}
