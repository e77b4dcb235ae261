/** The plugin: a program sends the arguments as they are. */
import { startPlugin } from "../support/plugin/pluginProcess";
import { urnOf } from "../support/plugin/wireValues";
import type { Front } from "./front";
import { quietMachine } from "./front";

/** The compiled plugin. */
export const pluginFront: Front = {
  name: "plugin",
  urnOf: ({ name, service }) => urnOf(name, service),
  register: ({ args }) => Promise.resolve(args),
  start: (emulator, home, hasSettings = true) =>
    startPlugin(emulator, { home, env: quietMachine, settings: hasSettings ? undefined : {} }),
};
