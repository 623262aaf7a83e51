/** An order is held from at most this many warehouses. */
export const maxHeldWarehouses = 10
/** An order is held as at most this many lines: a sku in a warehouse is one. */
export const maxHeldLines = 2_000
