package io.braid.log.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.rewrite.SegmentManifest.Rewritten;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentManifestTest {
    private static final Rewritten FIRST = new Rewritten(3, 5, 1200, 2410, 7, 53_211_044);
    private static final Rewritten SECOND = new Rewritten(9, 9, 3000, 3100, 8, 1000);
    private static final SegmentManifest MANIFEST = new SegmentManifest(9, 2410, List.of(SECOND, FIRST));

    @Test
    void isTheTextThatTheDocumentationShows() {
        assertThat(MANIFEST.text())
                .isEqualTo("version=1\nnext=9\ngone=2410\nsegment=3 5 1200 2410 7 53211044\n"
                        + "segment=9 9 3000 3100 8 1000\ncrc="
                        + MANIFEST.text().substring(MANIFEST.text().length() - 9));
        assertThat(SegmentManifest.parse(MANIFEST.text())).contains(MANIFEST);
        assertThat(SegmentManifest.parse(SegmentManifest.EMPTY.text())).contains(SegmentManifest.EMPTY);
    }

    @Test
    void noBitOfItMayChange() {
        byte[] bytes = MANIFEST.text().getBytes(StandardCharsets.ISO_8859_1);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(SegmentManifest.parse(new String(flipped, StandardCharsets.ISO_8859_1)))
                    .as("bit %d", bit)
                    .isEmpty();
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(SegmentManifest.parse(new String(bytes, 0, length, StandardCharsets.ISO_8859_1)))
                    .isEmpty();
        }
    }

    @Test
    void aNewSegmentTakesThePlaceOfAllThatItCovers() {
        Rewritten merged = new Rewritten(3, 9, 1200, 3100, 9, 2000);
        assertThat(MANIFEST.with(merged).segments()).containsExactly(merged);
        assertThat(MANIFEST.with(merged).next()).isEqualTo(10);
        assertThat(MANIFEST.covering(4)).contains(FIRST);
        assertThat(MANIFEST.covering(6)).isEmpty();
        assertThat(MANIFEST.without(List.of(3)).segments()).containsExactly(SECOND);
    }

    @Test
    void segmentsThatOverlapAreRefused() {
        assertThatThrownBy(() -> MANIFEST.with(new Rewritten(5, 6, 2000, 2500, 10, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
