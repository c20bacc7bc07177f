import { useEffect, useState } from "preact/hooks";
import { core } from "../core";
import { texts } from "../texts";
import { ExplainPage } from "./prose";

/** The core's page on a topic; null while it is loaded, and if there is none. */
export function useExplanation(topic: string): string | null {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const show = (page: string | null) => current && setText(page);
    core.loadExplanations().then(
      () => show(page(topic)),
      () => show(texts.repair.notLoaded),
    );
    return () => {
      current = false;
    };
  }, [topic]);
  return text;
}

/** The core's page on a topic, once it is loaded. */
export function Explanation({ topic }: { topic: string }) {
  const text = useExplanation(topic);
  return text === null ? null : <ExplainPage text={text} />;
}

function page(topic: string): string | null {
  try {
    return core.explain(topic);
  } catch {
    return null;
  }
}
