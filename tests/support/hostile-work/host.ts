/** A host that keeps the repository and merges there, where no hook runs; what it made is pulled. */
import { rmSync } from "node:fs";
import { commitAll } from "./commits.ts";
import { judgeSince } from "./judge.ts";
import type { Scene } from "./scene.ts";

const at = "-host";

export async function pullFromHost(
  scene: Scene,
  branch: string,
  way: "squash" | "merge" | "rebase",
): Promise<void> {
  const host = (...args: string[]): Promise<boolean> => scene.bothAs(args, { at });
  await Promise.all(
    scene.views().map(([root]) => scene.run(["git", "clone", "-q", root, root + at])),
  );
  try {
    if (!(await merge(host, { branch, way, number: scene.next() }))) return;
    await Promise.all(
      scene
        .views()
        .map(([root]) =>
          scene.run(["git", "pull", "-q", "--ff-only", root + at, "main"], { cwd: root }),
        ),
    );
  } finally {
    for (const [root] of scene.views()) rmSync(root + at, { recursive: true });
  }
}

/** Whether the host could do it: what conflicts it leaves to people. */
async function merge(
  host: (...args: string[]) => Promise<boolean>,
  { branch, way, number }: { branch: string; way: string; number: number },
): Promise<boolean> {
  const topic = `origin/${branch}`;
  const message = `Feature (#${number})`;
  if (way === "merge") return await host("merge", "-q", "--no-ff", "-m", message, topic);
  if (way === "squash") {
    return (await host("merge", "-q", "--squash", topic)) && (await host("commit", "-qm", message));
  }
  await host("checkout", "-q", branch);
  if (!(await host("rebase", "-q", "main"))) return false;
  await host("checkout", "-q", "main");
  return await host("merge", "-q", "--ff-only", branch);
}

/** Every commit gets another author's address: what `filter-branch` is used for most. */
export async function changeAddresses(scene: Scene): Promise<void> {
  await commitAll(scene);
  scene.log.push("filter-branch, other addresses");
  const depth = 2;
  if (!(await scene.both("rev-parse", "-q", "--verify", `HEAD~${depth}^{commit}`))) return;
  const filter = "GIT_AUTHOR_EMAIL=other@localhost";
  const args = ["filter-branch", "-f", "--env-filter", filter, `HEAD~${depth}..HEAD`];
  const environment = { FILTER_BRANCH_SQUELCH_WARNING: "1" };
  if (!(await scene.bothAs(args, { environment }))) return;
  await scene.ask("status");
  await judgeSince(scene, `HEAD~${depth}`);
}
