import { useState } from "preact/hooks";
import { texts } from "../texts";
import { Icon } from "./icon";

const KEY = "theme";
const ORDER = ["auto", "light", "dark"] as const;
type Choice = (typeof ORDER)[number];

function stored(): Choice {
  try {
    const text = localStorage.getItem(KEY);
    return ORDER.find((c) => c === text) ?? "auto";
  } catch {
    // Storage may be blocked; then the choice lasts as long as the page.
    return "auto";
  }
}

function show(choice: Choice): void {
  if (choice === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

show(stored());

/** Switches between system, light and dark colors. */
export function Theme() {
  const [choice, choose] = useState(stored);
  const next = ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length]!;
  const t = texts.theme;
  return (
    <button
      type="button"
      class="ghost square theme"
      aria-label={`${t.label}: ${t[choice]}`}
      title={`${t.label}: ${t[choice]}`}
      onClick={() => {
        choose(next);
        show(next);
        try {
          localStorage.setItem(KEY, next);
        } catch {
          return;
        }
      }}
    >
      <Icon name={choice === "auto" ? "auto" : choice === "light" ? "sun" : "moon"} />
    </button>
  );
}
