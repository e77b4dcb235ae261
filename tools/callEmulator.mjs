// One call of an emulator's control API, for the tools and the bench.

/**
 * @param {string} url the emulator's
 * @param {string} method
 * @param {string} path below `/_emulator`
 * @param {object} [body]
 * @returns {Promise<any>} the answer; undefined where it is empty
 */
export async function callEmulator(url, method, path, body) {
  const response = await fetch(`${url}/_emulator${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
