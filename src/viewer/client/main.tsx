import { render } from "preact";
import { isTeam, listen } from "./ask.ts";
import { Team } from "./team/team.tsx";
import { Viewer } from "./viewer.tsx";

const app = document.getElementById("app");
if (app !== null) render(isTeam ? <Team /> : <Viewer />, app);
listen();
