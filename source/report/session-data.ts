/** A session as the JSON object that `run` and `replay` print. */

import { viewsOf } from '../inspect/state-views.ts';
import { plainLine } from '../language/plain-text.ts';
import { actorName } from '../machine/step.ts';
import { codeHashOf } from '../scenario/target.ts';
import { contextOfActor, placeOf, sourceLine } from '../session/place.ts';
import type { Session, TimelineNode } from '../session/session.ts';
import { pathOf, reportsOf } from './session-text.ts';

/** The documented fields of `mmstep run --json`, without format and version. */
export function sessionData(session: Session): object {
	const { target, timeline } = session;
	const { scenario, selection, machine } = target;
	return {
		scenario: scenario.id,
		kernel: selection.kernel,
		program: selection.program,
		options: selection.options,
		memoryModel: machine.configuration.memoryModel,
		codeHash: codeHashOf(target),
		steps: pathOf(session)
			.filter((node) => node.parent !== null)
			.map((node) => stepData(session, node)),
		violations: reportsOf(session).map((violation) => ({
			kind: violation.kind,
			severity: violation.severity,
			title: plainLine(violation.title),
			step: violation.step,
			actor: violation.actor,
			function: violation.function,
			file: violation.file,
			line: violation.line,
			stack: violation.stack,
			details: violation.details.map(plainLine),
		})),
		finished: timeline.cursor.state.finished,
		state: viewsOf(target, timeline.cursor.state, null),
	};
}

function stepData({ target }: Session, { parent, action, depth, completed }: TimelineNode): object {
	const actor = action?.choice.actor ?? 0;
	const context = contextOfActor(target, actor);
	const isHardware = actor !== context;
	const place = parent === null || isHardware ? null : placeOf(target, parent.state, context);
	return {
		index: depth,
		actor: actorName(target.machine, actor),
		alternative: action?.choice.alternative ?? 0,
		grain: action?.grain ?? 'line',
		function: place?.name ?? '',
		file: place?.file ?? '',
		line: place?.line ?? 0,
		text: place === null ? '' : plainLine(sourceLine(target, place.file, place.line)),
		completed,
	};
}
