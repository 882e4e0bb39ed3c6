import type { KeyPress } from '../input/key.ts';
import { intentOf } from '../state/keymap.ts';
import type { AppState, Overlay } from '../state/state.ts';
import { overlayLines } from '../view-model/overlay.ts';
import { only, type Updated } from './updated.ts';

/** What a key does to a text over the screen: scrolls or closes it. Null when the key means nothing to a text. */
export function onOverlayKey(state: AppState, overlay: Overlay, key: KeyPress): Updated | null {
	const height = Math.max(1, state.size.rows - 4);
	const total = overlayHeight(state, overlay);
	const last = Math.max(0, total - height);
	const scrolled = (by: number): Updated =>
		only({
			...state,
			overlay: { ...overlay, scroll: Math.min(last, Math.max(0, Math.min(last, overlay.scroll) + by)) },
		});
	const closed: AppState = { ...state, overlay: null };
	switch (key.name) {
		case 'up':
		case 'k':
			return scrolled(-1);
		case 'down':
		case 'j':
			return scrolled(1);
		case 'pageup':
		case 'ctrl-b':
			return scrolled(-height);
		case 'pagedown':
		case 'ctrl-f':
		case ' ':
			return key.name === ' ' && overlay.scroll >= last ? only(closed) : scrolled(height);
		case 'home':
		case 'g':
			return scrolled(-total);
		case 'end':
		case 'G':
			return scrolled(total);
		case 'escape':
		case 'q':
		case 'enter':
			return only(closed);
		case 'Y':
			if (overlay.kind === 'output' && overlay.isReport === true) return { state, effects: [{ kind: 'copyReport' }] };
			return null;
		default:
			return overlay.kind === 'help' && intentOf(key.name) === 'help' ? only(closed) : null;
	}
}

/** Lines that an overlay has at the present width. */
function overlayHeight(state: AppState, overlay: Overlay): number {
	return overlayLines(overlay, state.size.columns).length;
}
