/** Makes the README's pictures anew: `bun tests/viewer/pictures.ts`. */
import { join } from "node:path";
import { closeBrowser, openPage } from "../support/browser.ts";
import { calmScene, startViewerOf } from "../support/viewer-scene.ts";
import { teamPictures } from "./team-pictures.ts";

const directory = join(import.meta.dir, "../../docs/pictures");

await using scene = await startViewerOf(await calmScene());
let storageState;
for (const colorScheme of ["light", "dark"] as const) {
  await using opened = await openPage(storageState === undefined ? scene.url : scene.origin, {
    colorScheme,
    viewport: { width: 1360, height: 560 },
    ...(storageState === undefined ? {} : { storageState }),
  });
  const { page } = opened;
  storageState ??= await page.context().storageState();
  await page.goto(`${scene.origin}/#/file/src/parser.ts`);
  await page.locator("#line-9").click();
  await page.locator(".drawer dd").nth(3).waitFor();
  await page.screenshot({ path: join(directory, `file-${colorScheme}.png`) });
  await page.goto(`${scene.origin}/#/sessions`);
  await page.locator("table a").first().click();
  await page.locator("details.tool summary").last().click();
  await page.locator(".diff .added").first().waitFor();
  await page.screenshot({ path: join(directory, `conversation-${colorScheme}.png`) });
}
await teamPictures(directory);
await closeBrowser();
