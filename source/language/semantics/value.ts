/** What lowering an expression gives. */

import type { Register } from '../code.ts';
import type { Type } from '../types.ts';
import type { GlobalSymbol, LocalSymbol } from './symbols.ts';

/** A value whose computation has been emitted, or that needs none yet. */
export type Value =
	| { readonly kind: 'constant'; readonly value: number; readonly type: Type }
	/** The address of a cell of a global: a constant to initialisers, an instruction or two in code. */
	| { readonly kind: 'address'; readonly global: GlobalSymbol; readonly offset: number; readonly type: Type }
	| { readonly kind: 'register'; readonly register: Register; readonly type: Type }
	| { readonly kind: 'nothing'; readonly type: Type };

/**
 * Whose memory a place is: that decides who may write it. `ghost`: a ghost global; `local`: an object of this frame, reached by
 * its name; `shared`: all else.
 */
export type Owner = 'ghost' | 'local' | 'shared';

/** An lvalue. */
export type Place =
	| { readonly kind: 'register'; readonly symbol: LocalSymbol; readonly register: Register; readonly type: Type }
	| {
			readonly kind: 'memory';
			/** A pointer; the place is `offset` cells after it. */
			readonly base: Value;
			readonly offset: number;
			readonly type: Type;
			readonly owner: Owner;
			/** The local, when the owner is `local`. */
			readonly symbol: LocalSymbol | null;
	  };
