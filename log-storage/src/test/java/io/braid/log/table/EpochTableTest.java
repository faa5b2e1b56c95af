package io.braid.log.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EpochTableTest {
    private static EpochTable table() {
        EpochTable epochs = new EpochTable();
        epochs.start(1, 0);
        epochs.start(3, 10);
        epochs.start(3, 15);
        epochs.start(7, 40);
        return epochs;
    }

    @Test
    void anEpochEndsWhereTheNextGreaterOneStarts() {
        EpochTable epochs = table();

        assertThat(epochs.endLsn(0, 99)).isZero();
        assertThat(epochs.endLsn(1, 99)).isEqualTo(10);
        assertThat(epochs.endLsn(2, 99)).isEqualTo(10);
        assertThat(epochs.endLsn(3, 99)).isEqualTo(40);
        assertThat(epochs.endLsn(7, 99)).isEqualTo(99);
        assertThat(epochs.endLsn(8, 99)).isEqualTo(99);
    }

    @Test
    void findsTheEpochBelowAnotherAndOfAnLsn() {
        EpochTable epochs = table();

        assertThat(epochs.floorEpoch(0)).isEqualTo(-1);
        assertThat(epochs.floorEpoch(6)).isEqualTo(3);
        assertThat(epochs.floorEpoch(7)).isEqualTo(7);
        assertThat(epochs.epochAt(9)).isEqualTo(1);
        assertThat(epochs.epochAt(10)).isEqualTo(3);
        assertThat(epochs.epochAt(1000)).isEqualTo(7);
        assertThat(new EpochTable().epochAt(0)).isEqualTo(-1);
    }

    @Test
    void truncationForgetsEpochsThatStartAtOrAboveIt() {
        EpochTable epochs = table();
        EpochTable copy = epochs.copy();

        epochs.truncate(40);
        assertThat(epochs.latestEpoch()).isEqualTo(3);
        assertThat(epochs.latestStartLsn()).isEqualTo(10);
        epochs.truncate(0);
        assertThat(epochs.latestEpoch()).isEqualTo(-1);
        assertThat(copy.latestEpoch()).isEqualTo(7);
    }

    @Test
    void refusesEpochsAndLsnsThatGoBackwards() {
        assertThatThrownBy(() -> table().start(6, 50)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> table().start(8, 39)).isInstanceOf(IllegalArgumentException.class);
    }
}
