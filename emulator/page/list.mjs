/** Keeps the items of a list on the page the same as those of an answer, without losing open or focused items. */

/**
 * An element of the page.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 * @throws {Error} when the page has no such element
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return element;
}

/**
 * Makes an element. Texts are set as text, so that no name becomes markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

/**
 * Sets a text if it differs: an element that does not change keeps a selection within it.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * An item on the page.
 * @template Item
 * @typedef {object} Row
 * @property {HTMLElement} element
 * @property {(item: Item) => string} update shows the item as it is now; gives the text that a filter is compared with
 */

/**
 * A list of items with a key each.
 * @template {{ readonly key: string }} Item
 */
export class KeyedList {
  #list;
  #makeRow;
  /** @type {Map<string, Row<Item>>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {() => Row<Item>} makeRow
   */
  constructor(list, makeRow) {
    this.#list = list;
    this.#makeRow = makeRow;
  }

  /**
   * Shows these items in their order.
   * @param {readonly Item[]} items
   * @param {string} [filter] hides items without this text, in any case
   * @returns {number} the number of visible rows
   */
  show(items, filter = "") {
    const keys = new Set(items.map(({ key }) => key));
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    const wanted = filter.trim().toLowerCase();
    let visible = 0;
    let before = this.#list.firstElementChild;
    for (const item of items) {
      const row = this.#rows.get(item.key) ?? this.#makeRow();
      this.#rows.set(item.key, row);
      const hidden = !row.update(item).toLowerCase().includes(wanted);
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
      if (!hidden) visible += 1;
      // A move would close an open element and drop the focus: only new ones are put in.
      if (row.element === before) before = before.nextElementSibling;
      else this.#list.insertBefore(row.element, before);
    }
    return visible;
  }
}
