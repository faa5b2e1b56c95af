package io.braid.image;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A persistent hash trie (HAMT: Bagwell 2001) that holds its elements directly, so that an element costs a few slots
 * and no entry object: about 20 bytes an element. Immutable; an {@link Edit} shares every node it does not change.
 * The form is canonical: equal contents give equal shape, whatever the history (only elements whose hashes
 * are equal stay in the order they came in), so two tries can be compared subtree by subtree.
 *
 * @param <K> what elements are found by
 * @param <E> the elements, compared with {@code equals} by {@link #difference}
 */
public final class HashTrie<K, E> {
    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;
    /** From this shift on the hash is used up, and a node is a plain list of elements whose hashes are equal. */
    private static final int LIST_SHIFT = 35;

    private static final Object[] NO_SLOTS = {};
    private static final Node EMPTY = new Node(null, 0, NO_SLOTS);

    /** How elements are keyed. Pure functions. */
    public interface Keys<K, E> {
        int hash(K key);

        int hashOf(E element);

        boolean matches(E element, K key);

        boolean sameKey(E a, E b);
    }

    /** Mutable only by the edit that owns it. 24 bytes and its array. */
    private static final class Node {
        final Object owner;
        int bitmap;
        Object[] slots;

        Node(Object owner, int bitmap, Object[] slots) {
            this.owner = owner;
            this.bitmap = bitmap;
            this.slots = slots;
        }
    }

    private final Keys<K, E> keys;
    private final Node root;
    private final int size;

    private HashTrie(Keys<K, E> keys, Node root, int size) {
        this.keys = keys;
        this.root = root;
        this.size = size;
    }

    public static <K, E> HashTrie<K, E> empty(Keys<K, E> keys) {
        return new HashTrie<>(keys, EMPTY, 0);
    }

    public int size() {
        return size;
    }

    /** The element with this key, or null. */
    public E get(K key) {
        return find(root, 0, keys, key);
    }

    /** The first element of this hash that the test accepts, or null: for keys that are equal in a wider sense. */
    public E find(int hash, Predicate<E> test) {
        Object at = root;
        for (int shift = 0; at instanceof Node node && shift < LIST_SHIFT; shift += BITS) {
            at = slot(node, bit(hash, shift));
        }
        Object[] candidates = at instanceof Node list ? list.slots : new Object[] {at};
        for (Object candidate : candidates) {
            @SuppressWarnings("unchecked")
            E element = (E) candidate;
            if (element != null && test.test(element)) {
                return element;
            }
        }
        return null;
    }

    /** Every element, in the order of the hashes. */
    public void forEach(Consumer<? super E> action) {
        walk(root, action);
    }

    public Edit<K, E> edit() {
        return new Edit<>(this);
    }

    /**
     * What differs from an earlier trie: calls {@code action(before, after)} for each key whose elements are not
     * equal, with null where there is none. Shared subtrees are skipped, so the cost follows the changes when this
     * trie was derived from the other by edits.
     */
    public void difference(HashTrie<K, E> before, BiConsumer<? super E, ? super E> action) {
        difference(before.root, root, 0, action);
    }

    private void difference(Object before, Object after, int shift, BiConsumer<? super E, ? super E> action) {
        if (before == after) {
            return;
        }
        if (before instanceof Node b && after instanceof Node a && shift < LIST_SHIFT) {
            int all = b.bitmap | a.bitmap;
            for (int rest = all; rest != 0; rest &= rest - 1) {
                int bit = Integer.lowestOneBit(rest);
                difference(slot(b, bit), slot(a, bit), shift + BITS, action);
            }
            return;
        }
        HashTrie.<E>walk(before, old -> {
            E now = findSame(after, shift, old);
            if (now != old && !old.equals(now)) {
                action.accept(old, now);
            }
        });
        HashTrie.<E>walk(after, now -> {
            if (findSame(before, shift, now) == null) {
                action.accept(null, now);
            }
        });
    }

    private static Object slot(Node node, int bit) {
        return (node.bitmap & bit) == 0 ? null : node.slots[Integer.bitCount(node.bitmap & (bit - 1))];
    }

    @SuppressWarnings("unchecked")
    private static <E> void walk(Object at, Consumer<? super E> action) {
        if (at instanceof Node node) {
            for (Object slot : node.slots) {
                walk(slot, action);
            }
        } else if (at != null) {
            action.accept((E) at);
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, E> E find(Object from, int fromShift, Keys<K, E> keys, K key) {
        int hash = keys.hash(key);
        Object at = from;
        int shift = fromShift;
        while (at instanceof Node node) {
            if (shift >= LIST_SHIFT) {
                for (Object each : node.slots) {
                    if (keys.matches((E) each, key)) {
                        return (E) each;
                    }
                }
                return null;
            }
            at = slot(node, bit(hash, shift));
            shift += BITS;
        }
        return at != null && keys.matches((E) at, key) ? (E) at : null;
    }

    @SuppressWarnings("unchecked")
    private E findSame(Object from, int fromShift, E element) {
        int hash = keys.hashOf(element);
        Object at = from;
        int shift = fromShift;
        while (at instanceof Node node) {
            if (shift >= LIST_SHIFT) {
                for (Object each : node.slots) {
                    if (keys.sameKey((E) each, element)) {
                        return (E) each;
                    }
                }
                return null;
            }
            at = slot(node, bit(hash, shift));
            shift += BITS;
        }
        return at != null && keys.sameKey((E) at, element) ? (E) at : null;
    }

    private static int bit(int hash, int shift) {
        return 1 << ((hash >>> shift) & MASK);
    }

    /** Changes to a trie: nodes this edit made are changed in place. Owned by one thread; dead after {@link #done}. */
    public static final class Edit<K, E> {
        private final Keys<K, E> keys;
        private final HashTrie<K, E> from;
        private Object owner = new Object();
        private Node root;
        private int size;

        private Edit(HashTrie<K, E> from) {
            this.keys = from.keys;
            this.from = from;
            this.root = from.root;
            this.size = from.size;
        }

        public E get(K key) {
            return find(root, 0, keys, key);
        }

        public int size() {
            return size;
        }

        /** Adds the element, in place of the one with the same key where there is one. */
        public void put(E element) {
            root = put(root, 0, keys.hashOf(element), element);
        }

        /** Takes the element with this element's key out, if there is one. */
        public void remove(E element) {
            Object rest = remove(root, 0, keys.hashOf(element), element);
            root = rest instanceof Node node
                    ? node
                    : rest == null ? EMPTY : new Node(owner, bit(keys.hashOf(cast(rest)), 0), new Object[] {rest});
        }

        public HashTrie<K, E> done() {
            owner = null;
            return root == from.root ? from : new HashTrie<>(keys, root, size);
        }

        @SuppressWarnings("unchecked")
        private E cast(Object element) {
            return (E) element;
        }

        private Node put(Node node, int shift, int hash, E element) {
            if (shift >= LIST_SHIFT) {
                for (int i = 0; i < node.slots.length; i++) {
                    if (keys.sameKey(cast(node.slots[i]), element)) {
                        return withSlot(node, i, element);
                    }
                }
                size++;
                return inserted(node, node.slots.length, 0, element);
            }
            int bit = bit(hash, shift);
            int index = Integer.bitCount(node.bitmap & (bit - 1));
            if ((node.bitmap & bit) == 0) {
                size++;
                return inserted(node, index, bit, element);
            }
            Object slot = node.slots[index];
            if (slot instanceof Node child) {
                Node changed = put(child, shift + BITS, hash, element);
                return changed == child ? node : withSlot(node, index, changed);
            }
            if (keys.sameKey(cast(slot), element)) {
                return withSlot(node, index, element);
            }
            size++;
            return withSlot(node, index, pair(cast(slot), element, hash, shift + BITS));
        }

        private Node pair(E old, E element, int hash, int shift) {
            if (shift >= LIST_SHIFT) {
                return new Node(owner, 0, new Object[] {old, element});
            }
            int a = bit(keys.hashOf(old), shift);
            int b = bit(hash, shift);
            if (a == b) {
                return new Node(owner, a, new Object[] {pair(old, element, hash, shift + BITS)});
            }
            boolean oldFirst = Integer.compareUnsigned(a, b) < 0;
            return new Node(owner, a | b, oldFirst ? new Object[] {old, element} : new Object[] {element, old});
        }

        /** What is left in place of the node: a node, a lone element for the parent to hold itself, or null. */
        private Object remove(Node node, int shift, int hash, E element) {
            int index;
            int bit = 0;
            if (shift >= LIST_SHIFT) {
                index = 0;
                while (index < node.slots.length && !keys.sameKey(cast(node.slots[index]), element)) {
                    index++;
                }
                if (index == node.slots.length) {
                    return node;
                }
            } else {
                bit = bit(hash, shift);
                if ((node.bitmap & bit) == 0) {
                    return node;
                }
                index = Integer.bitCount(node.bitmap & (bit - 1));
                Object slot = node.slots[index];
                if (slot instanceof Node child) {
                    Object rest = remove(child, shift + BITS, hash, element);
                    if (rest == child) {
                        return node;
                    }
                    if (!(rest instanceof Node) && node.slots.length == 1) {
                        return rest;
                    }
                    return withSlot(node, index, rest);
                }
                if (!keys.sameKey(cast(slot), element)) {
                    return node;
                }
            }
            size--;
            if (node.slots.length == 1) {
                return null;
            }
            Object[] slots = new Object[node.slots.length - 1];
            System.arraycopy(node.slots, 0, slots, 0, index);
            System.arraycopy(node.slots, index + 1, slots, index, slots.length - index);
            if (slots.length == 1 && !(slots[0] instanceof Node)) {
                return slots[0];
            }
            return changed(node, node.bitmap & ~bit, slots);
        }

        private Node withSlot(Node node, int index, Object value) {
            if (node.owner == owner && owner != null) {
                node.slots[index] = value;
                return node;
            }
            Object[] slots = node.slots.clone();
            slots[index] = value;
            return new Node(owner, node.bitmap, slots);
        }

        private Node inserted(Node node, int index, int bit, Object value) {
            Object[] slots = Arrays.copyOf(node.slots, node.slots.length + 1);
            System.arraycopy(node.slots, index, slots, index + 1, node.slots.length - index);
            slots[index] = value;
            return changed(node, node.bitmap | bit, slots);
        }

        private Node changed(Node node, int bitmap, Object[] slots) {
            if (node.owner == owner && owner != null) {
                node.bitmap = bitmap;
                node.slots = slots;
                return node;
            }
            return new Node(owner, bitmap, slots);
        }
    }
}
