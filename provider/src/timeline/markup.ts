/**
 * HTML as values: text is escaped where it enters, so that no name and no log of a runbook can become markup. Pure.
 */

class HtmlText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A piece of HTML. Only {@link markup} and {@link styleElement} make one. */
export type Markup = HtmlText;

/** A part of a template: a text is escaped, a list is joined, and undefined is nothing. */
export type Part = string | number | Markup | undefined | readonly Part[];

/** A template of HTML. Attributes are in double quotes. */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new HtmlText(
    template.raw.map((text, index) => (index === 0 ? text : written(parts[index - 1]) + text)).join(""),
  );
}

/** A style element. Its text is not escaped: it must be the program's own. */
export function styleElement(css: string): Markup {
  return new HtmlText(`<style>${css}</style>`);
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof HtmlText) return part.toString();
  if (typeof part === "object") return part.map(written).join("");
  return escapeText(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Half of a surrogate pair cannot be written in UTF-8.
function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
