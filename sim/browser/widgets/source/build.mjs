// Bundles the widget into one module beside this folder, with the licences of what it contains: see README.md.
// The first line of the bundle holds the hash of the source, which a test compares.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url);
const hash = createHash("sha256");
for (const name of readdirSync(here).filter((file) => /\.(js|mjs)$|^package(-lock)?\.json$/.test(file)).sort()) {
  hash.update(name).update("\0").update(readFileSync(new URL(name, here)));
}
const { metafile } = await build({
  absWorkingDir: here.pathname,
  entryPoints: ["index.js"],
  outfile: "../network.js",
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none",
  metafile: true,
  target: "es2022",
  banner: { js: `// source ${hash.digest("hex")}; licences of what it contains: network.licences.txt` },
});
const packages = new Set(Object.keys(metafile.inputs).map((path) => path.match(/^node_modules\/([^/]+)/)?.[1]).filter(Boolean));
const texts = [...packages].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, here)));
  return `${name} ${version}\n\n${readFileSync(new URL(`node_modules/${name}/LICENSE`, here), "utf8").trim()}\n`;
});
writeFileSync(new URL("../network.licences.txt", here), `network.js contains these libraries.\n\n${texts.join(`\n${"-".repeat(40)}\n\n`)}`);
