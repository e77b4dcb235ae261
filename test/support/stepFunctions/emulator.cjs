// The emulator's command with Step Functions among its services: for the bench and for the matrix of interruptions, which need
// an emulator in a process of its own.
"use strict";
require("../../simulation/load.cjs");
const { main } = require("../../../emulator/src/cli.ts");
const { startWithStates } = require("./emulatedStates.ts");

main(process.argv.slice(2), startWithStates).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
