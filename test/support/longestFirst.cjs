/**
 * The order of test files: those that run processes or count minutes come first. A machine that has not run them before goes by
 * the size of files, and would end with one long file and idle workers.
 */
const { sep } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

const longOnes = [
  "simulation",
  "languages",
  "examples",
  "e2e",
  "moto",
  "providerText",
  "lifecycle",
  "plugin",
  "fronts",
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = longOnes.findIndex((folder) => path.includes(`${sep}test${sep}${folder}${sep}`));
      return at === -1 ? longOnes.length : at;
    };
    return super.sort(tests).toSorted((one, other) => Math.sign(rank(one) - rank(other)));
  }
};
