// One process of a campaign: plays the ranges that it is told to, and shortens scripts.
"use strict";
const { checkPatch } = require("./load.cjs");
const { playRange } = require("./campaign.ts");
const { generate } = require("./generate.ts");
const { play } = require("./play.ts");
const { shrink } = require("./shrink.ts");

checkPatch();

async function work(task) {
  if (task.kind === "range") return playRange(task.seed, task.runs);
  if (task.kind === "shrink") return shrink(generate(task.seed), task.violation);
  return play(task.script ?? generate(task.seed), { tells: true });
}

process.on("message", (task) => {
  work(task).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
process.send({ ready: true });
