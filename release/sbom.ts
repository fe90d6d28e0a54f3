import type { Stamp } from "./compile.ts";
import { readParts } from "./parts.ts";

/** The parts of the program as a CycloneDX 1.6 document. `time` is in seconds since 1970. */
export function billOfMaterials(stamp: Stamp, time: number): string {
  const components = readParts().map(({ name, version, licence, sha512 }) => {
    const url = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return {
      type: name === "bun" ? "platform" : "library",
      name,
      version,
      purl: url,
      "bom-ref": url,
      licenses: licences(licence),
      ...(sha512 === undefined ? {} : { hashes: [{ alg: "SHA-512", content: sha512 }] }),
    };
  });
  const program = {
    type: "application",
    name: "agent-trace",
    version: stamp.version,
    "bom-ref": "agent-trace",
    licenses: licences("Apache-2.0"),
    properties: [{ name: "commit", value: stamp.commit }],
  };
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString().replace(".000Z", "Z"),
      component: program,
    },
    components,
    dependencies: [{ ref: "agent-trace", dependsOn: components.map((part) => part["bom-ref"]) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function licences(id: string | undefined): object[] {
  return id === undefined ? [] : [{ license: { id } }];
}
