package io.braid.image;

/**
 * A bounded table of values seen lately, so that equal ones become one object. An optimisation only: what it holds is
 * no part of an image's contents. Direct-mapped; copied before the first change. Owned by an {@link ImageBuilder};
 * immutable once the builder is done.
 */
final class Interned<T> {
    private static final int SLOTS = 256;

    private final Object[] slots;
    private final boolean frozen;

    private Interned(Object[] slots, boolean frozen) {
        this.slots = slots;
        this.frozen = frozen;
    }

    static <T> Interned<T> empty() {
        return new Interned<>(new Object[SLOTS], true);
    }

    /** The known value equal to this one, or null. */
    @SuppressWarnings("unchecked")
    T find(T value) {
        Object known = slots[slot(value)];
        return value.equals(known) ? (T) known : null;
    }

    /** A table that knows the value. */
    Interned<T> with(T value) {
        Interned<T> mine = frozen ? new Interned<>(slots.clone(), false) : this;
        mine.slots[slot(value)] = value;
        return mine;
    }

    Interned<T> freeze() {
        return frozen ? this : new Interned<>(slots, true);
    }

    private static int slot(Object value) {
        int hash = value.hashCode() * 0x9E3779B9;
        return hash >>> 24;
    }
}
