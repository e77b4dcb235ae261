// A2: an execution that began before the replaced one, by any clock, is taken for older and another one is started.
"use strict";

module.exports = {
  name: "A2: a loop that posts is steered by the times in the answers",
  changes: [
    {
      search: [
        "    return await post(starting, start);",
        "  } catch (error) {",
        "    if (error instanceof StartUncertainError) throw uncertain(",
      ].join("\n"),
      replace: [
        "    const run = await post(starting, start);",
        '    const since = Date.parse(starting.wanted.supersedes?.startedAt ?? "");',
        '    if (Date.parse(run.startedAt ?? "") < since && runName.length < 120) return await postNamed(starting, `${runName}-2`);',
        "    return run;",
        "  } catch (error) {",
        "    if (error instanceof StartUncertainError) throw uncertain(",
      ].join("\n"),
    },
  ],
};
