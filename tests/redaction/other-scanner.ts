import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The rule file of another scanner, out of the cache of Go's modules: never fetched by a test, never kept here. */
export function otherScannersRules(): string | undefined {
  const go = Bun.which("go");
  if (go === null) return undefined;
  const cache = Bun.spawnSync([go, "env", "GOMODCACHE"]).stdout.toString().trim();
  const path = join(cache, "github.com/zricethezav/gitleaks/v8@v8.30.1/config/gitleaks.toml");
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
