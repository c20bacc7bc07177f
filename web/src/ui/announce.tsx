// The live region for screen readers. It always exists, because they ignore changes in a region that was just added.
import { useEffect, useState } from "preact/hooks";

let tell: (text: string) => void = () => {};

export function announce(text: string): void {
  tell(text);
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    // A non-breaking space makes a repeated sentence a change, so that it is announced again.
    tell = (next) => setText((before) => (before === next ? `${next}\u00a0` : next));
  }, []);
  return (
    <div class="toast" role="status" aria-live="polite" data-empty={text === ""}>
      {text}
    </div>
  );
}
