#include "base/date.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace postroom::base {
namespace {

using namespace std::chrono_literals;

Instant instant(std::int64_t seconds) { return Instant{std::chrono::seconds(seconds)}; }

// 2026-11-23T13:05:00Z
const Instant now = instant(1'795'439'100);

std::string iso(std::string_view text, std::string_view zone = "Europe/Paris") {
  auto date = parse_date(text, zone, now);
  return date ? to_iso8601(*date) : "none";
}

TEST(ParseDate, ReadsAbsoluteForms) {
  EXPECT_EQ(iso("2026-11-23"), "2026-11-23T00:00:00+01:00");
  EXPECT_EQ(iso(" 2026-11-23T14:05 "), "2026-11-23T14:05:00+01:00");
  EXPECT_EQ(iso("2026-11-23 14:05:09"), "2026-11-23T14:05:09+01:00");
  EXPECT_EQ(iso("2026-07-01T12:00"), "2026-07-01T12:00:00+02:00");
  EXPECT_EQ(iso("2026-11-23T14:05:00Z"), "2026-11-23T15:05:00+01:00");
  EXPECT_EQ(iso("2026-11-23T14:05:00-05:00"), "2026-11-23T20:05:00+01:00");
  EXPECT_EQ(iso("2026-11-23T14:05:00+0530", "UTC"), "2026-11-23T08:35:00+00:00");
  EXPECT_EQ(parse_date("2026-11-23T00:00:00.250Z", "UTC", now)->at.time_since_epoch() % 1s, 250ms);
}

TEST(ParseDate, ReadsRelativeForms) {
  EXPECT_EQ(iso("now"), "2026-11-23T14:05:00+01:00");
  EXPECT_EQ(iso("today"), "2026-11-23T00:00:00+01:00");
  EXPECT_EQ(iso("yesterday"), "2026-11-22T00:00:00+01:00");
  EXPECT_EQ(iso("tomorrow"), "2026-11-24T00:00:00+01:00");
  EXPECT_EQ(iso("-7d"), "2026-11-16T00:00:00+01:00");
  EXPECT_EQ(iso("+1d"), "2026-11-24T00:00:00+01:00");
  EXPECT_EQ(iso("-2w"), "2026-11-09T00:00:00+01:00");
  EXPECT_EQ(iso("-12h"), "2026-11-23T02:05:00+01:00");
  EXPECT_EQ(iso("-30m"), "2026-11-23T13:35:00+01:00");
}

TEST(ParseDate, TodayIsTheZonesDay) {
  EXPECT_EQ(iso("today", "Asia/Tokyo"), "2026-11-23T00:00:00+09:00");
  EXPECT_EQ(iso("today", "Pacific/Kiritimati"), "2026-11-24T00:00:00+14:00");
}

TEST(ParseDate, DaysAreCalendarDaysAcrossAClockChange) {
  // Paris went back from +02:00 on 2026-10-25.
  EXPECT_EQ(iso("-30d"), "2026-10-24T00:00:00+02:00");
  EXPECT_EQ(iso("2026-10-25T02:30"), "2026-10-25T02:30:00+02:00");  // twice: the earlier one
  EXPECT_EQ(iso("2026-03-29T02:30"),
            "2026-03-29T03:00:00+02:00");  // never: the moment of the change
}

TEST(ParseDate, GivesNothingForAnythingElse) {
  for (const char* bad :
       {"", "2026", "2026-13-01", "2026-02-30", "2026-11-23T", "2026-11-23T24:00",
        "2026-11-23T12:60", "2026-11-23x", "2026-11-23T12:00+99:00", "-d", "-7", "7d", "-7y",
        "-999999999999d", "--7d", "noww", "23/11/2026", "2026-11-23T12:00:00Zjunk"}) {
    EXPECT_EQ(iso(bad), "none") << bad;
  }
  EXPECT_EQ(iso("2026-11-23", "Mars/Olympus"), "none");
}

TEST(FormatDate, KnowsItsWords) {
  DateTime date{now, "America/New_York"};
  EXPECT_EQ(format_date(date, "%Y-%m-%d %H:%M:%S %z"), "2026-11-23 08:05:00 -05:00");
  EXPECT_EQ(format_date(date, "%a %A %b %B %y %j %%"), "Mon Monday Nov November 26 327 %");
  EXPECT_EQ(format_date({now, ""}, "%FT%T%z"), "2026-11-23T13:05:00+00:00");
  EXPECT_EQ(format_date(date, ""), "");
  EXPECT_THROW(format_date(date, "%Q"), Error);
  EXPECT_THROW(format_date(date, "%"), Error);
}

TEST(Zones, AreTheSystems) {
  EXPECT_TRUE(is_known_zone("Europe/Paris"));
  EXPECT_FALSE(is_known_zone("Europe/Atlantis"));
  EXPECT_FALSE(is_known_zone(""));
  EXPECT_TRUE(is_known_zone(process_zone()));
}

TEST(ParseDuration, ReadsUnitsAndSums) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* bad : {"", "30", "s", "-5s", "5 s", "5y", "1h30", "99999999999s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(ParseSize, ReadsDecimalAndBinaryUnits) {
  EXPECT_EQ(parse_size("2048"), 2048u);
  EXPECT_EQ(parse_size("10MB"), 10'000'000u);
  EXPECT_EQ(parse_size("1.5 GB"), 1'500'000'000u);
  EXPECT_EQ(parse_size("1KiB"), 1024u);
  EXPECT_EQ(parse_size("2mib"), 2u << 20);
  for (const char* bad : {"", "MB", "-1KB", "10XB", "1e30", "99999999GB", "nan", "inf"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(ToWords, SuitsTheLength) {
  EXPECT_EQ(to_words(42s), "42s");
  EXPECT_EQ(to_words(5400s), "1h 30m");
  EXPECT_EQ(to_words(150s), "2m 30s");
  EXPECT_EQ(to_words(1500ms), "1.5s");
}

}  // namespace
}  // namespace postroom::base
