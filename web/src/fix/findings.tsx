import type { Diagnostic, Report } from "../core";
import { texts } from "../texts";
import { Icon } from "../ui/icon";
import { Prose } from "../ui/prose";

const t = texts.repair;

export interface FindingsProps {
  report: Report;
  /** Whether all files are empty. */
  blank: boolean;
  goTo(diagnostic: Diagnostic): void;
  explain(rule: string): void;
  apply(diagnostics: readonly Diagnostic[], unsafe: boolean): void;
}

const ORDER = { error: 0, warning: 1, hint: 2 } as const;

/** All findings with their fixes, errors first. */
export function Findings({ report, blank, goTo, explain, apply }: FindingsProps) {
  if (blank) return <p class="empty">{t.nothing}</p>;
  const safe = report.diagnostics.filter((d) => d.fix?.applicability === "safe");
  const sorted = report.diagnostics
    .map((d, at) => [d, at] as const)
    .sort(([a, i], [b, j]) => ORDER[a.severity] - ORDER[b.severity] || i - j);
  return (
    <>
      {safe.length > 0 && (
        <p class="row">
          <button type="button" class="primary" onClick={() => apply(safe, false)}>
            <Icon name="wand" />
            {t.fixAll(safe.length)}
          </button>
        </p>
      )}
      {report.summary.errors + report.summary.warnings === 0 && (
        <div class="good">
          <Icon name="check" />
          <div>
            <p>
              <b>{t.clean}</b>
            </p>
            <p>{t.cleanMore}</p>
          </div>
        </div>
      )}
      <ul class="list">
        {sorted.map(([diagnostic, at]) => (
          <li
            key={`${at}-${diagnostic.rule}`}
            class="finding"
            data-severity={diagnostic.severity}
            data-rule={diagnostic.rule}
          >
            <p class="finding-head">
              <span class="badge">{t.severity[diagnostic.severity]}</span>
              <span class="quiet">{t.impact[diagnostic.impact]}</span>
              {diagnostic.span !== null && (
                <button type="button" class="link" onClick={() => goTo(diagnostic)}>
                  {diagnostic.span.file}, {t.goTo(diagnostic.span.line)}
                </button>
              )}
            </p>
            <p class="finding-text">
              <Prose text={diagnostic.message} />
            </p>
            <p class="quiet">
              <Prose text={diagnostic.help} />
            </p>
            <p class="row">
              {diagnostic.fix !== null && diagnostic.fix.applicability !== "manual" && (
                <button type="button" onClick={() => apply([diagnostic], diagnostic.fix?.applicability === "unsafe")}>
                  <Icon name="wand" />
                  <span>
                    {t.apply}: <Prose text={diagnostic.fix.title} />
                  </span>
                </button>
              )}
              {diagnostic.fix?.applicability === "unsafe" && <span class="quiet">{t.unsafe}</span>}
              <button type="button" class="link" onClick={() => explain(diagnostic.rule)}>
                {t.explain}
                <span class="reader"> {diagnostic.rule}</span>
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
