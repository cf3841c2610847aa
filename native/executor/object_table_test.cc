#include "executor/object_table.h"

#include <gtest/gtest.h>

namespace gpuferry::executor {
namespace {

constexpr uint32_t kStream = 11, kEvent = 10, kModule = 2, kFunction = 3;

TEST(ObjectTable, FindsWhatTheGuestNamed) {
  ObjectTable table;
  const uint64_t stream = gf_handle_make(kStream, 0, 1);
  EXPECT_EQ(table.bind(kStream, stream, 0xabc), Bind::ok);
  EXPECT_EQ(table.find(kStream, stream), 0xabcu);
  EXPECT_EQ(table.name_of(kStream, 0xabc), stream);
}

TEST(ObjectTable, KnowsNothingUnderAnotherKindGenerationOrForm) {
  ObjectTable table;
  const uint64_t stream = gf_handle_make(kStream, 5, 77);
  ASSERT_EQ(table.bind(kStream, stream, 0xabc), Bind::ok);
  EXPECT_FALSE(table.find(kEvent, stream));
  EXPECT_FALSE(table.find(kStream, gf_handle_make(kEvent, 5, 77)));
  EXPECT_FALSE(table.find(kStream, gf_handle_make(kStream, 6, 77)));
  EXPECT_FALSE(table.find(kStream, gf_handle_make(kStream, 5, 78)));
  EXPECT_FALSE(table.find(kStream, stream | 1ull << 60));
  EXPECT_FALSE(table.find(kStream, 0xabc)); // a native handle is no handle
  EXPECT_FALSE(table.find(200, gf_handle_make(200, 5, 77)));
}

TEST(ObjectTable, ForgetsWhatWasDestroyedAndGivesTheIndexToASuccessor) {
  ObjectTable table;
  const uint64_t first = gf_handle_make(kEvent, 0, 9), second = gf_handle_make(kEvent, 1, 9);
  ASSERT_EQ(table.bind(kEvent, first, 1), Bind::ok);
  EXPECT_EQ(table.bind(kEvent, second, 2), Bind::in_use);
  EXPECT_TRUE(table.unbind(kEvent, first));
  EXPECT_FALSE(table.unbind(kEvent, first));
  EXPECT_FALSE(table.find(kEvent, first));
  EXPECT_EQ(table.bind(kEvent, second, 2), Bind::ok);
  EXPECT_FALSE(table.find(kEvent, first));
  EXPECT_EQ(table.find(kEvent, second), 2u);
}

TEST(ObjectTable, RefusesNumbersThatTheGuestMayNotMake) {
  ObjectTable table;
  EXPECT_EQ(table.bind(kEvent, 12345, 1), Bind::bad_handle);
  EXPECT_EQ(table.bind(kEvent, gf_handle_make(kStream, 0, 1), 1), Bind::bad_handle);
  EXPECT_EQ(table.bind(kEvent, gf_handle_make(kEvent, 0, GF_HANDLE_HOST_BIT | 1), 1),
            Bind::bad_handle);
  EXPECT_EQ(table.bind(kEvent, gf_handle_make(kEvent, 0, 0), 1), Bind::full);
  EXPECT_EQ(table.bind(kEvent, gf_handle_make(kEvent, 0, GF_HANDLE_INDEX_MAX), 1), Bind::full);
}

TEST(ObjectTable, AdoptsUnderTheNameThatExistsOrOneOfItsOwn) {
  ObjectTable table;
  const uint64_t named = gf_handle_make(kEvent, 0, 1);
  ASSERT_EQ(table.bind(kEvent, named, 100), Bind::ok);
  EXPECT_EQ(table.adopt(kEvent, 100), named);
  const uint64_t made = table.adopt(kEvent, 200);
  EXPECT_TRUE(gf_handle_is(made, kEvent));
  EXPECT_TRUE(gf_handle_index(made) & GF_HANDLE_HOST_BIT);
  EXPECT_EQ(table.adopt(kEvent, 200), made);
  EXPECT_EQ(table.find(kEvent, made), 200u);
  ASSERT_TRUE(table.unbind(kEvent, made));
  EXPECT_NE(table.adopt(kEvent, 300), made); // the same index, another generation
  EXPECT_FALSE(table.find(kEvent, made));
}

TEST(ObjectTable, EndsWhatAnObjectOwnsWithIt) {
  ObjectTable table;
  const uint64_t module = gf_handle_make(kModule, 0, 1);
  const uint64_t kept = gf_handle_make(kFunction, 0, 1), gone = gf_handle_make(kFunction, 0, 2);
  ASSERT_EQ(table.bind(kModule, module, 1), Bind::ok);
  ASSERT_EQ(table.bind(kFunction, kept, 2), Bind::ok);
  ASSERT_EQ(table.bind(kFunction, gone, 3, module), Bind::ok);
  table.unbind(kModule, module);
  EXPECT_TRUE(table.find(kFunction, kept));
  EXPECT_FALSE(table.find(kFunction, gone));
}

TEST(ObjectTable, GivesAnObjectToAnotherOwner) {
  ObjectTable table;
  const uint64_t first = gf_handle_make(kModule, 0, 1), second = gf_handle_make(kModule, 0, 2);
  const uint64_t object = gf_handle_make(kFunction, 0, 1);
  ASSERT_EQ(table.bind(kModule, first, 1), Bind::ok);
  ASSERT_EQ(table.bind(kModule, second, 2), Bind::ok);
  ASSERT_EQ(table.bind(kFunction, object, 3, first), Bind::ok);
  EXPECT_EQ(table.owner_of(kFunction, object), first);
  table.give(kFunction, object, second);
  EXPECT_EQ(table.owner_of(kFunction, object), second);
  table.unbind(kModule, first);
  EXPECT_TRUE(table.find(kFunction, object));
  table.unbind_owned(second);
  EXPECT_FALSE(table.find(kFunction, object));
  EXPECT_TRUE(table.find(kModule, second));
  EXPECT_EQ(table.owner_of(kFunction, object), 0u);
}

} // namespace
} // namespace gpuferry::executor
