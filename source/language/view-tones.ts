/** The tones that view_cell() and view_badge() know; the screen gives each a colour and a sign. */
export const viewTones = ['free', 'reserved', 'live', 'lazy', 'dirty', 'bad', 'plain'] as const;

export type ViewTone = (typeof viewTones)[number];
