/** The report of a redaction as a page that prints well. */
import { plural } from '../../../shared/language.ts';
import type { RedactionReport } from '../../../shared/redaction.ts';
import { xmlText } from '../../common/xml-text.ts';

/** "01:02.500" */
const clock = (ms: number): string => {
  const seconds = ms / 1000;
  const rest = (seconds % 60).toFixed(3).padStart(6, '0');
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${rest}`;
};

const styleNames = { solid: 'solid cover', pixelate: 'mosaic', blur: 'blurred mosaic' } as const;

/** @param timeOf ms from the first frame */
export const redactionPage = (report: RedactionReport, timeOf: (frame: number) => number): string => {
  const { source, settings, output, objects, isReviewed, frames } = report;
  const { style, margin, carry, hides, keepsSound } = settings.value;
  const ranges = (list: readonly (readonly [number, number])[]): string =>
    list.map(([from, to]) => `<li>${from} to ${to} <span>(${clock(timeOf(from))} to ${clock(timeOf(to))})</span></li>`).join('') ||
    '<li>none</li>';
  const sections = objects.map(
    ({ id, name, hidden, carried, open }) => `<section>
<h2>${xmlText(name)} <small>(object ${id})</small></h2>
<h3>${hides === 'objects' ? 'Hidden' : 'Visible'}</h3><ul>${ranges(hidden)}</ul>
<h3>To be looked at: hidden by masks of frames near by</h3><ul>${ranges(carried)}</ul>
<h3>To be looked at: no mask at all</h3><ul>${ranges(open)}</ul>
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Redaction of ${xmlText(source.name)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; color: #1c1f24; background: #fff; }
code { overflow-wrap: anywhere; }
span, small { color: #555; font-weight: normal; }
.open { color: #a01020; font-weight: 600; }
section { break-inside: avoid; border-top: 1px solid #ccd; }
h3 { font-size: 1rem; margin-bottom: 0; }
ul { margin-top: 0; }
</style>
<h1>Redaction of ${xmlText(source.name)}</h1>
<p class="${isReviewed ? 'done' : 'open'}">${isReviewed ? 'Every frame is covered by a sure mask.' : 'Not reviewed: somebody has to look at the frames below.'}</p>
<p>${hides === 'objects' ? `${plural(objects.length, 'object is', 'objects are')} hidden` : `Everything but ${plural(objects.length, 'object')} is hidden`}
in frames ${frames.from} to ${frames.to}, by a ${styleNames[style]}, grown by ${margin} px, carried over up to ${plural(carry, 'frame')}.
The sound was ${keepsSound ? 'kept' : 'removed'}. Metadata (place, device, comments, chapters) was removed.</p>
<dl>
<dt>Source</dt><dd>${xmlText(source.name)}<br><code>sha256 ${source.sha256}</code></dd>
<dt>Settings</dt><dd><code>sha256 ${settings.sha256}</code></dd>
<dt>Output</dt><dd>${xmlText(output.name)}<br><code>sha256 ${output.sha256}</code></dd>
</dl>
${sections.join('\n')}
</html>
`;
};
