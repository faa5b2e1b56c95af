package io.braid.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class HashTrieTest {
    private record Entry(int key, int value) {}

    /** Hashes of few values, so that lists of equal hashes and deep paths come up. */
    private record FewHashes() implements HashTrie.Keys<Integer, Entry> {
        @Override
        public int hash(Integer key) {
            return (key % 7) * 0x08000001;
        }

        @Override
        public int hashOf(Entry element) {
            return hash(element.key());
        }

        @Override
        public boolean matches(Entry element, Integer key) {
            return element.key() == key;
        }

        @Override
        public boolean sameKey(Entry a, Entry b) {
            return a.key() == b.key();
        }
    }

    /** Each step is a key: odd steps put, steps divisible by four remove. */
    @Property
    void agreesWithAMap(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 60) Integer> steps) {
        HashTrie<Integer, Entry> trie = HashTrie.empty(new FewHashes());
        Map<Integer, Entry> model = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            HashTrie<Integer, Entry> before = trie;
            Map<Integer, Entry> modelBefore = Map.copyOf(model);
            HashTrie.Edit<Integer, Entry> edit = trie.edit();
            Entry entry = new Entry(steps.get(i), i);
            if (i % 4 == 0) {
                edit.remove(entry);
                model.remove(entry.key());
            } else {
                edit.put(entry);
                model.put(entry.key(), entry);
            }
            trie = edit.done();
            assertSame(trie, model);
            assertSame(before, modelBefore);
            assertDifference(before, modelBefore, trie, model);
        }
        assertDifference(HashTrie.empty(new FewHashes()), Map.of(), trie, model);
    }

    @Property
    void oneEditOfManyStepsAgreesWithAMap(
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 100) Integer> steps,
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 100) Integer> more) {
        Map<Integer, Entry> model = new HashMap<>();
        HashTrie<Integer, Entry> first = editAll(HashTrie.empty(new FewHashes()), steps, model);
        Map<Integer, Entry> firstModel = Map.copyOf(model);
        HashTrie<Integer, Entry> second = editAll(first, more, model);
        assertSame(first, firstModel);
        assertSame(second, model);
        assertDifference(first, firstModel, second, model);
    }

    private static HashTrie<Integer, Entry> editAll(
            HashTrie<Integer, Entry> trie, List<Integer> steps, Map<Integer, Entry> model) {
        HashTrie.Edit<Integer, Entry> edit = trie.edit();
        for (int i = 0; i < steps.size(); i++) {
            Entry entry = new Entry(steps.get(i), i);
            if (i % 3 == 0) {
                edit.remove(entry);
                model.remove(entry.key());
            } else {
                edit.put(entry);
                model.put(entry.key(), entry);
            }
        }
        return edit.done();
    }

    private static void assertSame(HashTrie<Integer, Entry> trie, Map<Integer, Entry> model) {
        List<Entry> entries = new ArrayList<>();
        trie.forEach(entries::add);
        assertThat(entries).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(trie.size()).isEqualTo(model.size());
        model.forEach((key, entry) -> assertThat(trie.get(key)).isEqualTo(entry));
        assertThat(trie.get(1_000)).isNull();
    }

    private static void assertDifference(
            HashTrie<Integer, Entry> before,
            Map<Integer, Entry> modelBefore,
            HashTrie<Integer, Entry> after,
            Map<Integer, Entry> modelAfter) {
        Map<Integer, Entry> patched = new HashMap<>(modelBefore);
        after.difference(before, (old, now) -> {
            assertThat(Objects.equals(old, now)).isFalse();
            int key = old == null ? now.key() : old.key();
            assertThat(modelBefore.get(key)).isEqualTo(old);
            if (now == null) {
                patched.remove(key);
            } else {
                patched.put(key, now);
            }
        });
        assertThat(patched).isEqualTo(modelAfter);
    }
}
