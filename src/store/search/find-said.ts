import {
  type SearchIndex,
  markOfAgent,
  markOfTranscript,
  numberAt,
  timeOf,
} from "./search-index.ts";

export interface SaidFilter {
  readonly agent?: string | undefined;
  /** In milliseconds since 1970, inclusive. */
  readonly since?: number | undefined;
  /** Only these conversations. */
  readonly conversations?: ReadonlySet<string> | undefined;
}

export interface FoundSaid {
  readonly conversation: string;
  readonly agent: string;
  /** Counted from 0, of all that was said in the conversation. */
  readonly place: number;
  readonly speaker: string;
  readonly text: string;
  readonly time: number;
}

/** Of more conversations each hit is asked whether it is one of theirs: they have so many that most are. */
const mostMarks = 200;

/** What was said with these words in it, the newest first. Costs what is taken of it, not what there is. */
export function* findSaid(
  index: SearchIndex,
  match: string,
  { agent, since, conversations }: SaidFilter,
): Generator<FoundSaid> {
  const marks = agent === undefined ? [] : [`"${markOfAgent(agent)}"`];
  const wanted = conversations && index.numbersOf([...conversations]);
  if (wanted?.length === 0) return;
  if (wanted !== undefined && wanted.length <= mostMarks) {
    marks.push(`(${wanted.map((number) => `"${markOfTranscript(number)}"`).join(" OR ")})`);
  }
  const filter = marks.map((mark) => `(marks : ${mark})`);
  const rows = index.database
    .query(
      `SELECT s.*, t.id, t.agent FROM words w JOIN said s ON s.number = w.rowid
         JOIN transcript t ON t.number = s.transcript
         WHERE words MATCH ?1 AND w.rowid >= ?2
           AND (?3 IS NULL OR s.transcript IN (SELECT value FROM json_each(?3)))
         ORDER BY w.rowid DESC`,
    )
    .iterate(
      [`(text : (${match}))`, ...filter].join(" AND "),
      numberAt(since ?? 0),
      wanted === undefined || wanted.length <= mostMarks ? null : JSON.stringify(wanted),
    );
  for (const row of rows as Iterable<SaidRow>) {
    const { id, agent: by, place, speaker, text } = row;
    yield { conversation: id, agent: by, place, speaker, text, time: timeOf(row.number) };
  }
}

interface SaidRow {
  readonly number: number;
  readonly id: string;
  readonly agent: string;
  readonly place: number;
  readonly speaker: string;
  readonly text: string;
}
