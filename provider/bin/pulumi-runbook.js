#!/usr/bin/env node
// The command's entry point; everything is in ../dist/timeline/command.js, which `npm run build` makes.
"use strict";
require("../dist/timeline/command.js").main(process.argv.slice(2));
