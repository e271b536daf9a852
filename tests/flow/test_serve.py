"""khien serve from the first start to the second: the code, the set-up, the pages, the end."""
import os
import sqlite3
import stat
import unittest

from flow import Server

PAGES = ["/hom-nay", "/quy-che", "/ban-do", "/may", "/goi", "/tim", "/ngoai-le", "/quan-tri",
         "/tai-khoan", "/huong-dan"]
PAGE_MAX_BYTES = 150 * 1024


class Serve(unittest.TestCase):
    def test_nothing_is_shown_before_the_set_up_or_without_a_session(self):
        with Server() as server:
            for path in PAGES[:-1]:
                browser = server.browser()
                self.assertEqual(browser.get(path).status, 200)
                self.assertIn(browser.path, ("/thiet-lap", "/dang-nhap"), path)
            browser = server.set_up()
            self.assertEqual(browser.get("/quan-tri").status, 200)
            stranger = server.browser()
            stranger.get("/quan-tri")
            self.assertEqual(stranger.path, "/dang-nhap")

    def test_a_wrong_code_sets_nothing_up(self):
        with Server() as server:
            browser = server.browser()
            browser.get("/thiet-lap?ma=AAAA-AAAA-AAAA")
            page = browser.submit({"don-vi": "x", "ho-ten": "y", "ten-dang-nhap": "z.z",
                                   "mat-khau-moi": "Nui-cao-Song-dai-7", "nhac-lai": "Nui-cao-Song-dai-7"})
            self.assertGreaterEqual(page.status, 400)
            self.assertEqual(browser.path, "/thiet-lap")

    def test_pages_after_the_set_up_in_both_languages(self):
        with Server() as server:
            browser = server.set_up()
            for path in PAGES:
                page = browser.get(path)
                self.assertEqual(page.status, 200, path)
                self.assertNotEqual(browser.path, "/dang-nhap", path)
                self.assertLessEqual(len(page.body), PAGE_MAX_BYTES, path)
                self.assertIn('lang="vi"', page.text, path)

    def test_the_second_start_goes_on_with_what_is_there(self):
        with Server() as server:
            server.set_up()
            self.assertEqual(server.stop(), 0)
            begins_at = len(server.said())
            server.start()
            server.wait_for(r"(?s).{%d}.*http://127" % begins_at)
            self.assertNotIn("/thiet-lap", server.said()[begins_at:])
            browser = server.browser()
            browser.get("/hom-nay")
            self.assertEqual(browser.path, "/dang-nhap")

    def test_the_data_folder_is_closed_to_others_and_holds_the_first_audit(self):
        with Server() as server:
            server.wait_for("/thiet-lap")
            for name in os.listdir(server.data):
                mode = os.stat(os.path.join(server.data, name)).st_mode
                self.assertEqual(stat.S_IMODE(mode) & 0o077, 0, name)
            self.assertEqual(server.stop(), 0)
            store = sqlite3.connect(os.path.join(server.data, "khien.db"))
            self.assertEqual(store.execute("SELECT count(*) FROM audit_run").fetchone(), (1,))
            self.assertGreater(store.execute("SELECT count(*) FROM evidence").fetchone()[0], 20)
            store.close()


if __name__ == "__main__":
    unittest.main()
