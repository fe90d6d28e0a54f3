import { readFileSync } from "node:fs";
import type { Stamp } from "./compile.ts";

interface Lockfile {
  readonly packages: Readonly<Record<string, readonly [string, ...unknown[]]>>;
}

interface Manifest {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The parts of the program as a CycloneDX 1.6 document: the libraries that are compiled in, with the digests of the
 * lockfile, and the runtime. `time` is in seconds since 1970.
 */
export function billOfMaterials(stamp: Stamp, time: number): string {
  const lockfile = Bun.JSONC.parse(readFileSync("bun.lock", "utf8")) as Lockfile;
  const root = readManifest(".");
  const names = new Set<string>();
  const visit = (manifest: Manifest): void => {
    for (const name of Object.keys(manifest.dependencies ?? {}).sort()) {
      if (names.has(name)) continue;
      names.add(name);
      visit(readManifest(`node_modules/${name}`));
    }
  };
  visit(root);
  const components = [...names, "bun"].sort().map((name) => {
    const [id = "", ...rest] = lockfile.packages[name] ?? [];
    const version = id.slice(id.lastIndexOf("@") + 1);
    const digest = rest.find((part) => typeof part === "string" && part.startsWith("sha512-"));
    return {
      type: name === "bun" ? "platform" : "library",
      name,
      version,
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      "bom-ref": `pkg:npm/${name.replace("@", "%40")}@${version}`,
      licenses: licences(readManifest(`node_modules/${name}`)),
      ...(typeof digest === "string"
        ? { hashes: [{ alg: "SHA-512", content: Buffer.from(digest.slice(7), "base64").toHex() }] }
        : {}),
    };
  });
  return `${JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: {
        timestamp: new Date(time * 1000).toISOString().replace(".000Z", "Z"),
        component: {
          type: "application",
          name: "agent-trace",
          version: stamp.version,
          "bom-ref": "agent-trace",
          licenses: licences(root),
          properties: [{ name: "commit", value: stamp.commit }],
        },
      },
      components,
      dependencies: [{ ref: "agent-trace", dependsOn: components.map((part) => part["bom-ref"]) }],
    },
    null,
    2,
  )}\n`;
}

function licences({ license }: Manifest): object[] {
  return license === undefined ? [] : [{ license: { id: license } }];
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(`${directory}/package.json`, "utf8")) as Manifest;
}
