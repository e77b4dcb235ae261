/**
 * A program in Java with the generated SDK, compiled into an archive that Pulumi's host starts.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The inputs of a program's compilation. */
export interface JavaBuild {
  /** The generated SDK. */
  readonly sdk: string;
  /** The folder with the packages that the SDK needs. */
  readonly packages: string;
}

/**
 * Compiles `App.java` in a folder and the classes that it uses there, with all of the SDK, into `app.jar` beside it.
 * @returns the number of the SDK's sources
 * @throws Error with the compiler's output
 */
export function buildJavaProgram(folder: string, { sdk, packages }: JavaBuild): number {
  const sources = readdirSync(join(sdk, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".java"))
    .map((file) => join(sdk, "src", file));
  const classes = join(folder, "classes");
  const options = ["-nowarn", "-proc:none", "-d", classes, "-cp", join(packages, "*"), "-sourcepath", folder];
  execFileSync("javac", [...options, join(folder, "App.java"), ...sources], { stdio: "pipe" });
  writeResources(sdk, classes);
  const manifest = join(folder, "manifest.txt");
  const path = readdirSync(packages).map((name) => `file://${join(packages, name)}`);
  // A line of a manifest has at most 72 bytes; the next one continues it after a blank.
  const classPath = (`Class-Path: ${path.join(" ")}`.match(/.{1,70}/g) ?? []).join("\n ");
  writeFileSync(manifest, `Main-Class: App\n${classPath}\n`);
  execFileSync("jar", [
    "--create",
    "--file",
    join(folder, "app.jar"),
    "--manifest",
    manifest,
    "-C",
    classes,
    ".",
  ]);
  return sources.length;
}

/** The SDK's build writes these: by them it knows its version, and Pulumi the plugin. */
function writeResources(sdk: string, classes: string): void {
  const build = readFileSync(join(sdk, "build.gradle"), "utf8");
  const own = (pattern: RegExp): string => pattern.exec(build)?.[1] ?? "";
  const version = own(/\? "(\d[^"]*)"/);
  const server = own(/server "([^"]*)"/);
  const place = join(classes, "io/github/pulumirunbook/runbook");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "version.txt"), version);
  writeFileSync(
    join(place, "plugin.json"),
    JSON.stringify({ resource: true, name: "runbook", server, version }),
  );
}
