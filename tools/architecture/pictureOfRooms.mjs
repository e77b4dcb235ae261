// Draws the rooms of both packages from the imports: a picture and a table for each package in rooms.mjs. Pure.

/** @typedef {import("../../rooms.mjs").Room} Room */

/**
 * An import of one file by another, as paths from the root of the repository.
 * @typedef {readonly [from: string, to: string]} Import
 */

/**
 * Draws a package.
 * @param {string} project its folder
 * @param {readonly Room[]} rooms
 * @param {readonly Import[]} imports
 * @returns {string} Markdown: a Mermaid flow chart, then a table
 */
export function drawRooms(project, rooms, imports) {
  const used = roomsUsedBy(project, rooms, imports);
  const indexOf = new Map(rooms.map((room, index) => [room.name, `room${index}`]));
  const nodes = rooms.map(({ name }) => `  ${indexOf.get(name)}["${name}/"]`);
  const arrows = rooms.flatMap(({ name }) =>
    shortest(name, used).map((other) => `  ${indexOf.get(name)} --> ${indexOf.get(other)}`),
  );
  const rows = rooms.map(({ name, job }) => {
    const list = [...(used.get(name) ?? [])].map((other) => `\`${other}\``).join(", ");
    return `| \`${name}\` | ${job} | ${list === "" ? "none" : list} |`;
  });
  return [
    "```mermaid",
    "flowchart TD",
    ...nodes,
    ...arrows,
    "```",
    "",
    "| room | job | imports |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/**
 * @param {string} project
 * @param {readonly Room[]} rooms
 * @param {readonly Import[]} imports
 * @returns {Map<string, Set<string>>} for each room the others that it imports, in the order of `rooms`
 */
function roomsUsedBy(project, rooms, imports) {
  /** @type {(path: string) => string | undefined} */
  const roomOf = (path) =>
    rooms.find(
      ({ name }) => path.startsWith(`${project}/src/${name}/`) || path === `${project}/src/${name}.ts`,
    )?.name;
  const pairs = imports.map(([from, to]) => [roomOf(from), roomOf(to)]);
  return new Map(
    rooms.map(({ name }) => [
      name,
      new Set(
        rooms
          .map((room) => room.name)
          .filter((other) => other !== name && pairs.some(([from, to]) => from === name && to === other)),
      ),
    ]),
  );
}

/**
 * The rooms that a room imports, without those that another one of them leads to: with all arrows nobody could read the
 * picture.
 * @param {string} name
 * @param {Map<string, Set<string>>} used
 * @returns {string[]}
 */
function shortest(name, used) {
  const direct = [...(used.get(name) ?? [])];
  return direct.filter((other) => !direct.some((via) => via !== other && leadsTo(via, other, used)));
}

/**
 * @param {string} from
 * @param {string} to
 * @param {Map<string, Set<string>>} used
 * @param {Set<string>} seen guards against circles, which `npm run walls` refuses
 * @returns {boolean}
 */
function leadsTo(from, to, used, seen = new Set()) {
  if (seen.has(from)) {
    return false;
  }
  seen.add(from);
  return [...(used.get(from) ?? [])].some((next) => next === to || leadsTo(next, to, used, seen));
}

/**
 * Puts the pictures into a page, between `<!-- rooms -->` and `<!-- end of rooms -->`.
 * @param {string} page
 * @param {Readonly<Record<string, string>>} pictures by project
 * @returns {string}
 * @throws {Error} when the page has no place for them
 */
export function insertPictures(page, pictures) {
  const place = /(<!-- rooms -->\n)[\s\S]*?(<!-- end of rooms -->)/;
  if (!place.test(page)) {
    throw new Error('The page has no "<!-- rooms -->" with an "<!-- end of rooms -->".');
  }
  const parts = Object.entries(pictures).map(([project, picture]) => `### ${project}/src\n\n${picture}\n\n`);
  return page.replace(place, (_, begin, end) => `${begin}\n${parts.join("")}${end}`);
}
