// What differs between two texts, line by line.

export interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

/** The shortest way from `before` to `after`; the files here have some hundred lines. */
export function diff(before: string, after: string): Line[] {
  const [a, b] = [lines(before), lines(after)];
  // longest[i][j]: how many lines a[i..] and b[j..] have in common.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i]![j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: "same", text: a[i]! });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      out.push({ kind: "gone", text: a[i]! });
      i += 1;
    } else {
      out.push({ kind: "new", text: b[j]! });
      j += 1;
    }
  }
  return out;
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}
