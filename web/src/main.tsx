import { render } from "preact";
import "./style.css";
import { texts } from "./texts";

const place = document.getElementById("app")!;

try {
  // Waits until the core is compiled.
  const { App } = await import("./app");
  place.replaceChildren();
  render(<App />, place);
} catch (error) {
  console.error(error);
  place.replaceChildren();
  render(
    <main class="callout">
      <h1>{texts.failed.title}</h1>
      <p>{texts.failed.why}</p>
      <button type="button" onClick={() => location.reload()}>
        {texts.failed.again}
      </button>
    </main>,
    place,
  );
}
