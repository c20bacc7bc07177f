// One place from which screen readers are told what happened; it is always there, because a new one is not listened to.
import { useEffect, useState } from "preact/hooks";

let tell: (text: string) => void = () => {};

export function announce(text: string): void {
  tell(text);
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    // The same sentence twice is said twice.
    tell = (next) => setText((before) => (before === next ? `${next}\u00a0` : next));
  }, []);
  return <div class="toast" role="status" aria-live="polite" data-empty={text === ""}>{text}</div>;
}
