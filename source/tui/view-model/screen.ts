import { smallest } from '../screen/layout.ts';
import type { AppState } from '../state/state.ts';
import { overlayScreen } from './overlay-screen.ts';
import { pickerScreen } from './picker-screen.ts';
import type { ScreenModel } from './screen-model.ts';
import { stepperScreen } from './stepper-screen.ts';
import { tooSmall } from './too-small.ts';

/** What is on the screen in this state. */
export function screenModel(state: AppState): ScreenModel {
	const { size, theme, screen, overlay } = state;
	if (size.columns < smallest.columns || size.rows < smallest.rows) return tooSmall(state);
	if (overlay !== null) return overlayScreen(state, overlay);
	return screen.kind === 'stepper' ? stepperScreen(state, screen.stepper) : pickerScreen(state, screen, theme);
}
