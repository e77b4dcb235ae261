#!/usr/bin/env node
// The command's entry point; everything is in ../dist/cli.js, which `npm run build` makes.
"use strict";
require("../dist/cli.js").main(process.argv.slice(2));
