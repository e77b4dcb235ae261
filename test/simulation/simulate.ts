/** Plays a script in a test: a script that a campaign has printed can be pasted as it is. */
import type { Outcome } from "./play";
import { play } from "./play";
import type { Script } from "./script";

/** Plays a script; the story is told where a promise is broken. */
export async function simulate(script: Script): Promise<Outcome> {
  return play(script, { tells: true });
}
