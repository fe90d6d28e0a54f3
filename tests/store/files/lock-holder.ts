/** Holds a lock until it is killed. */
import { writeSync } from "node:fs";
import { tryDatabaseLock } from "../../../src/store/files/database-lock.ts";
import { lockFile } from "../../../src/store/files/lock.ts";

const [path = "", kind = ""] = process.argv.slice(2);
const lock = kind === "database" ? tryDatabaseLock(path) : lockFile(path);
writeSync(1, lock === undefined ? "refused\n" : "held\n");
setInterval(() => {}, 1000);
