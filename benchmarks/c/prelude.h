// What rules in C take from Python and NumPy: the same bits for the same numbers.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// A whole number in memory that may hold anything else of eight bytes.
typedef int64_t memory_t __attribute__((may_alias));

// An index; a negative one counts from the end.
static inline int64_t from_the_end(int64_t index, int64_t length) { return index < 0 ? index + length : index; }

// The first of several that no other is less or more than, so that what is not a number stays where Python leaves it.
static inline double min_of_numbers(double best, double value) { return value < best ? value : best; }
static inline double max_of_numbers(double best, double value) { return value > best ? value : best; }
static inline int64_t min_of_wholes(int64_t best, int64_t value) { return value < best ? value : best; }
static inline int64_t max_of_wholes(int64_t best, int64_t value) { return value > best ? value : best; }

static inline double square(double value) { return value * value; }
// A power of a half, as LLVM has it: the nearest number to the root, which pow() misses by a bit now and then.
static inline double root(double value) { return value == -INFINITY ? INFINITY : fabs(sqrt(value)); }

// Quotients go down, and what remains has the sign of the divisor; by nothing, both are 0.
static inline int64_t floor_divide(int64_t value, int64_t by) {
    if (by == 0) return 0;
    if (by == -1) return -value;
    int64_t quotient = value / by;
    return value % by != 0 && (value < 0) != (by < 0) ? quotient - 1 : quotient;
}
static inline int64_t modulo(int64_t value, int64_t by) {
    if (by == 0 || by == -1) return 0;
    int64_t rest = value % by;
    return rest != 0 && (rest < 0) != (by < 0) ? rest + by : rest;
}

static inline int64_t bits_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline double of_bits(int64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
