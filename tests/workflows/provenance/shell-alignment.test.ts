import { describe, expect, test } from "bun:test";
import { shellSession } from "../../support/shell-session.ts";

const block = (name: string): string => `def ${name}(env):\n    if env:\n        return None\n\n`;

async function scene(committed: string): Promise<Awaited<ReturnType<typeof shellSession>>> {
  const session = await shellSession();
  session.repo.commit("first", { "p.py": committed });
  await session.run(["commit-link"]);
  return session;
}

describe("a command that puts a block beside one that ends as it does", () => {
  test("wrote all of it, as git counts the lines", async () => {
    using session = await scene(block("one") + block("two"));
    await session.bash(`printf '${block("three").replaceAll("\n", "\\n")}' >> p.py`);
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([9, 10, 11, 12]);
    await session.bash(
      `printf '${(block("zero") + block("one")).replaceAll("\n", "\\n")}' > n; sed 1,4d p.py >> n; mv n p.py`,
    );
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([1, 2, 3, 4, 13, 14, 15, 16]);
  });

  test("wrote no line that a person typed and nobody committed, whichever of the equal ones it is", async () => {
    using session = await scene(block("one"));
    session.type("p.py", `${block("one")}def mine():\n    return None\n\n`);
    await session.bash("printf '    return None\\n\\n' >> p.py");
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([]);
  });
});

describe("lines that stand in the file already", () => {
  const head = "alpha = load(1)\nbeta = load(2)\ngamma = load(3)\n";

  test("are written anew where a command repeats them", async () => {
    using session = await scene(`${head}end = 1\n`);
    await session.bash(`printf '${head.replaceAll("\n", "\\n")}' >> p.py`);
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([5, 6, 7]);
  });

  test("keep their author where a command moves them", async () => {
    using session = await scene(`${head}end = 1\nlast = 2\nfirst = 3\nmore = 4\n`);
    await session.bash("head -3 p.py > h; sed -i 1,3d p.py; cat h >> p.py; rm h");
    await session.commit();
    expect(await session.aiLines("p.py")).toEqual([]);
  });
});
