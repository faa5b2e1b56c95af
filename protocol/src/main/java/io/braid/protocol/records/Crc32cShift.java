package io.braid.protocol.records;

/**
 * What a change of bytes does to a CRC32C when the bytes behind them stay: arithmetic on polynomials over GF(2) modulo
 * Castagnoli's, as zlib's crc32_combine does it for its own. Stateless.
 */
final class Crc32cShift {
    private static final int POLYNOMIAL = 0x82F63B78; // reflected
    private static final int ONE = 1 << 31; // x^0, reflected
    private static final int[] X_TO_POWER_OF_TWO = new int[32]; // x^(2^n)

    static {
        int power = 1 << 30; // x^1
        for (int n = 0; n < X_TO_POWER_OF_TWO.length; n++) {
            X_TO_POWER_OF_TWO[n] = power;
            power = multiply(power, power);
        }
    }

    private Crc32cShift() {}

    /**
     * The difference (by xor) of the CRCs of two messages that end in the same {@code bytesBehind} bytes, from the
     * difference of the CRCs of what is in front.
     */
    static int shift(int crcDifference, int bytesBehind) {
        return multiply(xToTheBytes(bytesBehind), crcDifference);
    }

    private static int xToTheBytes(int bytes) {
        int result = ONE;
        int n = 3; // a byte is x^8 = x^(2^3)
        for (int rest = bytes; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = multiply(X_TO_POWER_OF_TWO[n & 31], result);
            }
            n++;
        }
        return result;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int factor = b;
        for (int rest = a; rest != 0; rest <<= 1) {
            product ^= (rest >> 31) & factor; // coefficients of a from x^0 up
            factor = (factor >>> 1) ^ (-(factor & 1) & POLYNOMIAL);
        }
        return product;
    }
}
