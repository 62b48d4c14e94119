package io.meridian.promql.exec;

import io.meridian.promql.plan.ElementFunction;

/// Fields of a time in seconds, in UTC and the proleptic Gregorian calendar, for every 64-bit number of seconds.
final class Dates {
    private static final long SECONDS_PER_DAY = 86_400;
    private static final long DAYS_PER_ERA = 146_097;
    private static final long DAYS_TO_EPOCH = 719_468;

    /// Below this, Go's clock wraps around.
    private static final long SECONDS_WRAP = -9_223_372_028_741_760_000L;

    private Dates() {}

    static double field(ElementFunction function, double time) {
        long seconds = toLong(time);
        long days = days(seconds);
        long secondOfDay = secondOfDay(seconds);
        return switch (function) {
            case HOUR -> Math.floorDiv(secondOfDay, 3600L);
            case MINUTE -> secondOfDay / 60 % 60;
            case DAY_OF_WEEK -> Math.floorMod(days + 4, 7);
            default -> dateField(function, days);
        };
    }

    /// As amd64 converts: everything out of range is the lowest number.
    private static long toLong(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }

    /// Days since 1970; times that wrap are taken as unsigned.
    private static long days(long seconds) {
        return seconds < SECONDS_WRAP
                ? Long.divideUnsigned(seconds, SECONDS_PER_DAY)
                : Math.floorDiv(seconds, SECONDS_PER_DAY);
    }

    private static long secondOfDay(long seconds) {
        return seconds < SECONDS_WRAP
                ? Long.remainderUnsigned(seconds, SECONDS_PER_DAY)
                : Math.floorMod(seconds, SECONDS_PER_DAY);
    }

    private static double dateField(ElementFunction function, long epochDays) {
        long shifted = epochDays + DAYS_TO_EPOCH;
        long era = Math.floorDiv(shifted, DAYS_PER_ERA);
        long dayOfEra = Math.floorMod(shifted, DAYS_PER_ERA);
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayFromMarch + 2) / 153;
        long day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return switch (function) {
            case YEAR -> year;
            case MONTH -> month;
            case DAY_OF_MONTH -> day;
            case DAY_OF_YEAR -> dayFromMarch < 306 ? dayFromMarch + (leap ? 61 : 60) : dayFromMarch - 305;
            case DAYS_IN_MONTH -> daysInMonth(month, leap);
            default -> throw new IllegalArgumentException("not a date function: " + function);
        };
    }

    private static long daysInMonth(long month, boolean leap) {
        return switch ((int) month) {
            case 2 -> leap ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }
}
