// The frame: header, navigation, and the state of the whole page, which lives in memory only.
import { Component, type ComponentChildren } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { core, type File, type Options } from "./core";
import { Fix } from "./fix/fix";
import type { Answers } from "./model/answers";
import { decode } from "./model/link";
import { isServed } from "./proof/doctor";
import { Setup } from "./setup/setup";
import { texts } from "./texts";
import { Announcer } from "./ui/announce";
import { Icon } from "./ui/icon";
import { Theme } from "./ui/theme";

type View = "start" | "setup" | "fix";

const viewOf = (fragment: string): View =>
  fragment.startsWith("#setup") ? "setup" : fragment.startsWith("#fix") ? "fix" : "start";

/** The answers in the URL, which are then removed from it. */
function fromLink(): Answers | null {
  const linked = decode(location.hash);
  if (linked !== null) history.replaceState(null, "", "#setup");
  return linked;
}

export function App() {
  const [linked] = useState(fromLink);
  const [view, setView] = useState<View>(viewOf(location.hash));
  const [answers, setAnswers] = useState<Answers>(linked ?? {});
  const [notice, setNotice] = useState<string | null>(linked === null ? null : texts.wizard.linked);
  const [opening, setOpening] = useState(0);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [before, setBefore] = useState<readonly File[]>([]);

  // A layout effect, because a URL that changes before the listener is there would be missed.
  useLayoutEffect(() => {
    const follow = () => {
      const brought = fromLink();
      if (brought !== null) {
        setAnswers(brought);
        setNotice(texts.wizard.linked);
        setOpening((n) => n + 1);
      }
      setView(viewOf(location.hash));
      window.scrollTo({ top: 0 });
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);

  const openForm = (options: Options) => {
    setAnswers(core.recall({ files }, options));
    setNotice(texts.wizard.opened);
    setOpening((n) => n + 1);
    location.hash = "setup";
  };
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(e) => {
          e.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {texts.skip}
      </a>
      <header class="top">
        <a class="brand" href="#start">
          <img src="./icon.svg" alt="" width="28" height="28" />
          <span>
            <b>{texts.product}</b> <small>{texts.title}</small>
          </span>
        </a>
        <nav aria-label={texts.views}>
          <a href="#setup" aria-current={view === "setup" ? "page" : undefined}>
            {texts.setup}
          </a>
          <a href="#fix" aria-current={view === "fix" ? "page" : undefined}>
            {texts.fix}
          </a>
        </nav>
        <Theme />
      </header>
      <main id="content" tabIndex={-1}>
        <Guard>
          {view === "start" && <Home />}
          {view === "setup" && (
            <Setup key={opening} answers={answers} setAnswers={setAnswers} pasted={files} notice={notice} />
          )}
          {view === "fix" && (
            <Fix
              files={files}
              before={before}
              openForm={openForm}
              setFiles={(next, from) => {
                setFiles(next);
                if (from) setBefore(from);
              }}
            />
          )}
        </Guard>
      </main>
      <footer class="bottom">
        <p>{isServed ? texts.privacyServed : texts.privacy}</p>
      </footer>
      <Announcer />
    </>
  );
}

function Home() {
  const t = texts.home;
  return (
    <div class="home">
      <h1>{t.heading}</h1>
      <p class="lead">{t.lead}</p>
      <div class="ways">
        <a class="way" href="#setup">
          <Icon name="wand" />
          <h2>{t.setupTitle}</h2>
          <p>{t.setupText}</p>
          <span class="go">
            {t.setupAction}
            <Icon name="arrow" />
          </span>
        </a>
        <a class="way" href="#fix">
          <Icon name="file" />
          <h2>{t.fixTitle}</h2>
          <p>{t.fixText}</p>
          <span class="go">
            {t.fixAction}
            <Icon name="arrow" />
          </span>
        </a>
      </div>
      <ul class="points">
        {t.points.map(([head, text]) => (
          <li key={head}>
            <b>{head}</b>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Shows an error message instead of an empty page if rendering fails. */
class Guard extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  override componentDidCatch() {
    this.setState({ broken: true });
  }

  override render() {
    if (!this.state.broken) return <>{this.props.children}</>;
    return (
      <div class="callout" role="alert">
        <h1>{texts.failed.title}</h1>
        <p>{texts.failed.fault}</p>
        <button type="button" onClick={() => location.reload()}>
          {texts.failed.again}
        </button>
      </div>
    );
  }
}
