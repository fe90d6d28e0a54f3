import { pageSessionRoutes } from "../../service/routes/page-session.ts";
import type { ServicePages } from "../../service/service.ts";
import { loadAssets } from "../../viewer/assets.ts";
import { pageHeaders, pageResponder } from "../../viewer/page.ts";
import { teamRoutes } from "./team-routes.ts";

/** Answers that are no page: nothing in them is to be run, whatever a browser takes them for. */
const answerPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** The pages of a service for its team: one page, and what it asks. */
export async function openTeamPages(): Promise<ServicePages> {
  return {
    home: pageResponder(await loadAssets(), { of: "team" }),
    routes: [...pageSessionRoutes, ...teamRoutes()].map((route) => ({
      ...route,
      async handle(call) {
        for (const [name, value] of Object.entries(pageHeaders))
          call.answerHeaders.set(name, value);
        call.answerHeaders.set("Content-Security-Policy", answerPolicy);
        return route.handle(call);
      },
    })),
  };
}
